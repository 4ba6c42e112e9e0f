import { Stack, Text } from '@mantine/core'
import type { Ticket } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { Panel } from '../../components/Page.tsx'
import { useWords } from '../../words/index.ts'
import { Pinned } from '../evidence/Pinned.tsx'

/** Who told us of it, by which way, and what they said. */
export function Contacts({ ticket }: { ticket: Ticket }) {
  const { t } = useWords()
  const names = useNames()
  if (!ticket.contacts?.length) return null
  return (
    <Panel title={t('intake.contacts')}>
      <Stack gap="xs">
        {ticket.contacts.map(({ at, channel, by, text, failureMode }, i) => (
          // Contacts only grow, and two may share a moment
          <div key={i}>
            <Text size="sm" fw={500}>
              {t(`intake.channels.${channel}`)}
              {failureMode && failureMode !== 'unknown' ? ` · ${names.mode(ticket.kind, failureMode)}` : ''}
            </Text>
            {text && channel !== 'telemetry' && <Text size="sm">“{text}”</Text>}
            <Text size="xs" c="dimmed">
              <When at={at} />
              {channel === 'telemetry' ? '' : ` · ${by.replace('user:', '')}`}
            </Text>
          </div>
        ))}
      </Stack>
      <Pinned ticket={ticket} />
    </Panel>
  )
}
