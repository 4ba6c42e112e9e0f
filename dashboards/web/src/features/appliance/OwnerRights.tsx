import { Button, Group, List, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { type Answer, type ApplianceDetail, call, useCall } from '../../api.ts'
import { Panel } from '../../components/Page.tsx'
import { useAction } from '../../components/useAction.ts'
import { Allowed, useMay } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'
import { ErasureLines } from '../owner/ErasureLines.tsx'

type ErasureReport = Answer<'POST /api/appliances/:id/erase'>

/** What the desk does for an owner who asks for their rights. */
export function OwnerRights({ appliance }: { appliance: ApplianceDetail }) {
  const { t } = useWords()
  const maySee = useMay()('privacy.see')
  const [report, setReport] = useState<ErasureReport>()
  if (!maySee || (!appliance.owner && !report)) return null
  return (
    <Panel title={t('rights.owner')}>
      {report ? <ErasureLines report={report} /> : <Rights id={appliance.id} done={setReport} />}
    </Panel>
  )
}

function Rights({ id, done }: { id: string; done: (report: ErasureReport) => void }) {
  const { t } = useWords()
  const { data } = useCall('GET /api/appliances/:id/consents', { id })
  const copy = async () => {
    const { link } = await call('GET /api/appliances/:id/own-page', { id })
    await navigator.clipboard.writeText(link)
    notifications.show({ message: t('common.saved'), color: 'teal' })
  }
  return (
    <>
      <Text size="sm">{t('rights.consents')}:</Text>
      <List size="sm" mb="sm">
        {data?.now.map(({ purpose, given }) => (
          <List.Item key={purpose}>
            {given ? '✓' : '✕'} {t(`rights.purposes.${purpose}`)}
          </List.Item>
        ))}
      </List>
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
