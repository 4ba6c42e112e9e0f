import { Button, Group, Stack, Switch, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { type Answer, type ApplianceDetail, call, useCall } from '../../api.ts'
import { Panel } from '../../components/Page.tsx'
import { exactTime } from '../../components/plainText.ts'
import { useAction } from '../../components/useAction.ts'
import { Allowed, useMay } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'
import { ErasureLines } from '../owner/ErasureLines.tsx'
import { OwnerShares } from './OwnerShares.tsx'

type ErasureReport = Answer<'POST /api/appliances/:id/erase'>

/** What the desk does for an owner who asks for their rights; and what was done for those who had it before. */
export function OwnerRights({ appliance }: { appliance: ApplianceDetail }) {
  return (
    <Allowed to="privacy.see">
      <RightsPanel appliance={appliance} />
    </Allowed>
  )
}

function RightsPanel({ appliance: { id, owner } }: { appliance: ApplianceDetail }) {
  const { t } = useWords()
  const [report, setReport] = useState<ErasureReport>()
  const { data } = useCall('GET /api/erasures', {})
  const before = (data?.items ?? []).filter((one) => one.appliances.includes(id) && one.id !== report?.id)
  if (!owner && !report && before.length === 0) return null
  return (
    <Panel title={t('rights.owner')}>
      {report ? <ErasureLines report={report} /> : owner && <Rights id={id} done={setReport} />}
      {before.map((one) => (
        <Erased key={one.id} report={one} />
      ))}
    </Panel>
  )
}

/** The proof of an erasure, for whoever asks for it later: nothing of whom it erased. */
function Erased({ report }: { report: ErasureReport }) {
  const { t, lang } = useWords()
  const by = report.by === 'owner' ? t('settings.roles.owner') : report.by.replace('user:', '')
  return (
    <details>
      <summary>
        <Text span size="sm">
          {t('rights.wasErased', { at: exactTime(report.at, lang), by })}
        </Text>
      </summary>
      <ErasureLines report={report} />
    </details>
  )
}

function Rights({ id, done }: { id: string; done: (report: ErasureReport) => void }) {
  const { t } = useWords()
  const copy = async () => {
    const { link } = await call('GET /api/appliances/:id/own-page', { id })
    await navigator.clipboard.writeText(link)
    notifications.show({ message: t('common.saved'), color: 'teal' })
  }
  return (
    <>
      <Consents id={id} />
      <OwnerShares id={id} />
      <Allowed to="privacy.change">
        <Group gap="sm" mb="sm">
          <Button size="xs" variant="default" onClick={() => void copy()}>
            {t('rights.ownPage')}
          </Button>
          {(['json', 'csv'] as const).map((format) => (
            <Button
              key={format}
              size="xs"
              variant="default"
              component="a"
              href={`/api/appliances/${id}/personal-data?format=${format}`}
              download
            >
              {t('rights.download')} ({format.toUpperCase()})
            </Button>
          ))}
        </Group>
      </Allowed>
      <Allowed to="privacy.erase">
        <EraseOwner id={id} done={done} />
      </Allowed>
    </>
  )
}

/** What its owner agreed to; what they say on the telephone is written down with who heard it. */
function Consents({ id }: { id: string }) {
  const { t, lang } = useWords()
  const { act, busy } = useAction()
  const mayChange = useMay()('privacy.change')
  const { data } = useCall('GET /api/appliances/:id/consents', { id })
  return (
    <Stack gap="xs" mb="md">
      <Text size="sm">{t('rights.consents')}:</Text>
      {data?.now.map(({ purpose, given, since, by }) => (
        <Switch
          key={purpose}
          size="xs"
          checked={given}
          disabled={busy || !mayChange}
          label={t(`rights.purposes.${purpose}`)}
          description={
            since &&
            `${t('rights.since', { at: exactTime(since, lang) })}${by?.startsWith('user:') ? ` · ${by.replace('user:', '')}` : ''}`
          }
          onChange={(event) =>
            void act(
              'POST /api/appliances/:id/consents',
              { id },
              { purpose, given: event.currentTarget.checked },
              t('common.saved'),
            )
          }
        />
      ))}
      {mayChange && (
        <Text size="xs" c="dimmed">
          {t('rights.asTold')}
        </Text>
      )}
    </Stack>
  )
}

function EraseOwner({ id, done }: { id: string; done: (report: ErasureReport) => void }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [typed, type] = useState('')
  const erase = async () => {
    const report = await act('POST /api/appliances/:id/erase', { id }, { confirm: typed })
    if (report) done(report)
  }
  return (
    <Group gap="sm" align="flex-end">
      <TextInput
        size="xs"
        label={t('rights.typeId', { id })}
        value={typed}
        onChange={(event) => type(event.currentTarget.value)}
        autoComplete="off"
      />
      <Button size="xs" color="red" variant="light" loading={busy} disabled={typed !== id} onClick={() => void erase()}>
        {t('rights.eraseOwner')}
      </Button>
    </Group>
  )
}
