import { Button, Group, JsonInput, Modal, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { type Answer, type ApplianceDetail, useCall } from '../../api.ts'
import { useNames } from '../../components/names.ts'
import { money } from '../../components/plainText.ts'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'

interface Opened {
  opened: boolean
  close: () => void
  appliance: ApplianceDetail
}

const channels = ['hotline', 'phone', 'app', 'web', 'wechat', 'shop', 'mail', 'fax'] as const

/** An owner called: their words become a ticket. */
export function ReportModal({ opened, close, appliance }: Opened) {
  const { t, say } = useWords()
  const names = useNames()
  const navigate = useNavigate()
  const { act, busy } = useAction()
  const [text, setText] = useState('')
  const [mode, setMode] = useState<string | null>(null)
  const [symptom, setSymptom] = useState<string | null>(null)
  const [channel, setChannel] = useState<string | null>('hotline')
  const [purchased, setPurchased] = useState('')
  const [job, setJob] = useState<string | null>(null)
  const { data: template } = useCall('GET /api/intake/template', opened ? { kind: appliance.kind } : null)
  const modes = Object.keys(names.kindOf(appliance.kind)?.failureModes ?? {})
  const asked = template?.jobs.find(({ id }) => id === job)
  const send = async () => {
    const ticket = await act(
      'POST /api/appliances/:id/intake',
      { id: appliance.id },
      {
        text: text.trim() || say(asked?.text),
        channel,
        ...(asked ? { job: asked.id } : {}),
        ...(symptom ? { symptom } : {}),
        ...(purchased ? { purchasedAt: new Date(purchased).getTime() } : {}),
        ...(mode ? { failureMode: mode } : {}),
      },
    )
    if (!ticket) return
    close()
    void navigate({ to: '/tickets/$id', params: { id: ticket.id } })
  }
  return (
    <Modal opened={opened} onClose={close} title={t('appliance.report')}>
      <Stack>
        <FromTemplate {...{ template, symptom, setSymptom, job, setJob }} />
        <Textarea
          label={t('appliance.reportText')}
          autosize
          minRows={3}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          data-autofocus
        />
        <Select
          label={t('common.failureMode')}
          description={t('appliance.ifKnown')}
          data={modes.map((value) => ({ value, label: names.mode(appliance.kind, value) }))}
          value={mode}
          onChange={setMode}
          clearable
        />
        <Group grow align="flex-start">
          <Select
            label={t('intake.channel')}
            data={channels.map((value) => ({ value, label: t(`intake.channels.${value}`) }))}
            value={channel}
            onChange={setChannel}
            allowDeselect={false}
          />
          <TextInput
            type="date"
            label={t('intake.purchasedAt')}
            value={purchased}
            onChange={(event) => setPurchased(event.currentTarget.value)}
          />
        </Group>
        <Button onClick={() => void send()} loading={busy} disabled={!text.trim() && !symptom && !mode && !job}>
          {t('appliance.openTicket')}
        </Button>
      </Stack>
    </Modal>
  )
}

/** What owners say in other words, and jobs that are no repair. */
function FromTemplate(props: {
  template: Answer<'GET /api/intake/template'> | undefined
  symptom: string | null
  setSymptom: (symptom: string | null) => void
  job: string | null
  setJob: (job: string | null) => void
}) {
  const { t, say, lang } = useWords()
  const { template, symptom, setSymptom, job, setJob } = props
  return (
    <>
      <Select
        label={t('intake.symptom')}
        placeholder={t('intake.noSymptom')}
        data={template?.symptoms.map(({ id, text: words }) => ({ value: id, label: say(words) })) ?? []}
        value={symptom}
        onChange={setSymptom}
        clearable
      />
      <Select
        label={t('intake.job')}
        placeholder={t('intake.repair')}
        data={
          template?.jobs.map(({ id, text: words, minutes, cents }) => ({
            value: id,
            label: t('intake.jobOf', { job: say(words), minutes, price: money(cents, lang) }),
          })) ?? []
        }
        value={job}
        onChange={setJob}
        clearable
      />
    </>
  )
}

/** Sends a command down; the appliance says itself what came of it. */
export function CommandModal({ opened, close, appliance }: Opened) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [type, setType] = useState('')
  const [params, setParams] = useState('{}')
  const parsed = parse(params)
  const send = async () => {
    const sent = await act(
      'POST /api/appliances/:id/commands',
      { id: appliance.id },
      { type: type.trim(), params: parsed },
      t('appliance.commandSent'),
    )
    if (sent) close()
  }
  return (
    <Modal opened={opened} onClose={close} title={t('appliance.command')}>
      <Stack>
        <TextInput
          label={t('appliance.commandType')}
          placeholder="identify"
          value={type}
          onChange={(event) => setType(event.currentTarget.value)}
          data-autofocus
        />
        <JsonInput
          label={t('appliance.commandParams')}
          value={params}
          onChange={setParams}
          autosize
          minRows={3}
          error={parsed ? undefined : t('appliance.notJson')}
        />
        <Button onClick={() => void send()} loading={busy} disabled={!type.trim() || !parsed}>
          {t('common.send')}
        </Button>
      </Stack>
    </Modal>
  )
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text || '{}')
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
