import { Alert, List } from '@mantine/core'
import { IconHourglassHigh } from '@tabler/icons-react'
import type { ApplianceDetail } from '../../api.ts'
import { number } from '../../components/format.tsx'
import { exactTime } from '../../components/plainText.ts'
import { useWords } from '../../words/index.ts'

/** From this share on a page speaks of it. */
const NEAR = 0.8
const isNear = ({ used, limit }: { used: number; limit: number }): boolean => limit > 0 && used >= NEAR * limit

/** It sends more than one appliance may, or nearly, or more was refused of it than is kept: in words, with the numbers. */
export function Quota({ appliance: { quota } }: { appliance: ApplianceDetail }) {
  const { t, lang } = useWords()
  const { messages, bytes, heldBack, until, dropped, quarantine } = quota
  const isFull = !!quarantine && (quarantine.withoutPayload > 0 || quarantine.forgotten > 0)
  if (!isNear(messages) && !isNear(bytes) && !heldBack.messages && !dropped && !isFull) return null
  const megabytes = (count: number): string => number(count / 2 ** 20, lang)
  return (
    <Alert
      color="orange"
      variant="light"
      icon={<IconHourglassHigh size={18} aria-hidden />}
      title={heldBack.messages > 0 ? t('appliance.overQuota') : t('appliance.nearQuota')}
    >
      <List size="sm">
        <List.Item>
          {t('appliance.quotaUsed', {
            messages: number(messages.used, lang, 0),
            mostMessages: messages.limit ? number(messages.limit, lang, 0) : '∞',
            bytes: megabytes(bytes.used),
            mostBytes: bytes.limit ? megabytes(bytes.limit) : '∞',
          })}
        </List.Item>
        {until !== undefined && (
          <List.Item>
            {t('appliance.quotaHeld', { held: number(heldBack.messages, lang, 0), until: exactTime(until, lang) })}
          </List.Item>
        )}
        {dropped > 0 && <List.Item>{t('appliance.quotaDropped', { dropped: number(dropped, lang, 0) })}</List.Item>}
        {isFull && (
          <List.Item>
            {t('appliance.quarantineFull', {
              without: number(quarantine.withoutPayload, lang, 0),
              forgotten: number(quarantine.forgotten, lang, 0),
            })}
          </List.Item>
        )}
      </List>
    </Alert>
  )
}
