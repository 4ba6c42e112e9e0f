import {
  Button,
  FileInput,
  JsonInput,
  Modal,
  SegmentedControl,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useState } from 'react'
import { type Ticket, useCall } from '../../api.ts'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'
import { WhatItIs } from '../alert/AskDeed.tsx'
import { smallPhoto } from './smallPhoto.ts'

interface Opened {
  ticket: Ticket
  opened: boolean
  close: () => void
}

/** The engineer leaves: each item of the card is answered, or the visit does not end. */
export function EndVisit({ ticket, opened, close }: Opened) {
  const { t, say } = useWords()
  const { act, busy } = useAction()
  const { data: card } = useCall('GET /api/tickets/:id/checklist', opened ? { id: ticket.id } : null)
  const [answers, answer] = useState<Record<string, 'ok' | 'notOk'>>({})
  const [evidence, attach] = useState<Record<string, string>>({})
  const upload = async (code: string, file: File | null) => {
    if (!file) return
    const sent = await act(
      'POST /api/tickets/:id/photos',
      { id: ticket.id },
      await smallPhoto(file),
      t('visit.photoSent'),
    )
    if (sent) attach({ ...evidence, [code]: sent.name })
  }
  const send = async () => {
    const checklist = Object.fromEntries(
      Object.entries(answers).map(([code, value]) => [
        code,
        { ok: value === 'ok', ...(evidence[code] ? { evidence: evidence[code] } : {}) },
      ]),
    )
    if (await act('POST /api/tickets/:id/visit/end', { id: ticket.id }, { checklist }, t('ticket.saved'))) close()
  }
  const isComplete = card?.items.every(({ code, mandatory }) => !mandatory || Object.hasOwn(answers, code))
  return (
    <Modal opened={opened} onClose={close} title={t('visit.card')} size="lg">
      <Stack>
        <Text size="sm" c="dimmed">
          {t('visit.cardHint')}
        </Text>
        {card?.items.map(({ code, text, mandatory, evidence: wanted }) => (
          <div key={code}>
            <Text size="sm" fw={500} id={`card-${code}`}>
              {say(text)}
              {mandatory ? ' *' : ''}
            </Text>
            <SegmentedControl
              size="xs"
              aria-labelledby={`card-${code}`}
              value={answers[code] ?? ''}
              onChange={(value) => answer({ ...answers, [code]: value as 'ok' })}
              data={[
                { value: 'ok', label: t('visit.ok') },
                { value: 'notOk', label: t('visit.notOk') },
              ]}
            />
            {wanted === 'photo' && answers[code] === 'ok' && (
              <FileInput
                size="xs"
                label={t('visit.photo')}
                accept="image/*"
                description={evidence[code]}
                disabled={busy}
                onChange={(file) => void upload(code, file)}
              />
            )}
            {wanted && wanted !== 'photo' && answers[code] === 'ok' && (
              <TextInput
                size="xs"
                label={t('visit.evidence')}
                value={evidence[code] ?? ''}
                onChange={(event) => attach({ ...evidence, [code]: event.currentTarget.value })}
              />
            )}
          </div>
        ))}
        <Button loading={busy} disabled={!isComplete} onClick={() => void send()}>
          {t('visit.end')}
        </Button>
      </Stack>
    </Modal>
  )
}

/** The engineer has spoken to the owner. */
export function ContactOwner({ ticket, opened, close }: Opened) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [note, setNote] = useState('')
  return (
    <Modal opened={opened} onClose={close} title={t('visit.contact')}>
      <Stack>
        <Textarea
          label={t('visit.contactNote')}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          data-autofocus
          autosize
        />
        <Button
          loading={busy}
          onClick={() =>
            void act('POST /api/tickets/:id/contact', { id: ticket.id }, { note: note.trim() }, t('ticket.saved')).then(
              (done) => done !== undefined && close(),
            )
          }
        >
          {t('visit.contact')}
        </Button>
      </Stack>
    </Modal>
  )
}

/** A desk of another outlet asks the owner how it went. */
export function CallBack({ ticket, opened, close }: Opened) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const { data: depots } = useCall('GET /api/depots', opened ? { limit: 1000 } : null)
  const [note, setNote] = useState('')
  const { data: tasks } = useCall('GET /api/tasks', opened ? { type: 'call-back', ticket: ticket.id } : null)
  const [chosen, setDesk] = useState<string | null>(null)
  // Whose task it is, until somebody says that another desk calls.
  const desk = chosen ?? tasks?.items[0]?.desk ?? null
  const send = (solved: boolean) =>
    void act(
      'POST /api/tickets/:id/call-back',
      { id: ticket.id },
      { solved, note: note.trim(), desk },
      t('ticket.saved'),
    ).then((done) => done !== undefined && close())
  return (
    <Modal opened={opened} onClose={close} title={t('visit.callBack')}>
      <Stack>
        <Select
          label={t('visit.desk')}
          required
          data={[
            ...(depots?.items ?? [])
              .filter(({ type }) => type === 'outlet')
              .map(({ id }) => ({ value: id, label: id })),
            { value: 'central', label: t('visit.central') },
          ]}
          value={desk}
          onChange={setDesk}
          allowDeselect={false}
        />
        <Textarea
          label={t('visit.callBackNote')}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          data-autofocus
          autosize
        />
        <Button loading={busy} disabled={!desk} onClick={() => send(true)}>
          {t('visit.solved')}
        </Button>
        <Button loading={busy} disabled={!desk} variant="default" onClick={() => send(false)}>
          {t('visit.notSolved')}
        </Button>
      </Stack>
    </Modal>
  )
}

const remoteTypes = ['restart', 'parameter', 'firmware'] as const

/** Nobody has to go: the appliance is told what to do. */
export function RemoteRepair({ ticket, opened, close }: Opened) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [type, setType] = useState<string | null>('restart')
  const [params, setParams] = useState('{}')
  const parsed = parse(params)
  return (
    <Modal opened={opened} onClose={close} title={t('visit.remote')}>
      <Stack>
        <Select
          label={t('visit.remoteType')}
          data={remoteTypes.map((value) => ({ value, label: t(`visit.remoteTypes.${value}`) }))}
          value={type}
          onChange={setType}
          allowDeselect={false}
        />
        <JsonInput
          label={t('visit.remoteParams')}
          value={params}
          onChange={setParams}
          error={parsed ? undefined : t('appliance.notJson')}
          autosize
          minRows={2}
        />
        <Text size="sm" c="dimmed">
          {t('visit.remoteHint')}
        </Text>
        <Button
          loading={busy}
          disabled={!parsed}
          onClick={() =>
            void act(
              'POST /api/tickets/:id/remote',
              { id: ticket.id },
              { type, params: parsed },
              t('ticket.saved'),
            ).then((done) => done !== undefined && close())
          }
        >
          {t('common.send')}
        </Button>
      </Stack>
    </Modal>
  )
}

/** Nobody needs to come: all that it stands on is marked, and after two marks the same does not come back. */
export function NoVisit({ ticket, opened, close }: Opened) {
  const { t } = useWords()
  const { act } = useAction()
  return (
    <Modal opened={opened} onClose={close} title={t('mark.title')}>
      <WhatItIs
        done={({ verdict, why }) =>
          void act('POST /api/tickets/:id/mark', { id: ticket.id }, { verdict, why }, t('mark.done')).then(
            (done) => done !== undefined && close(),
          )
        }
      />
    </Modal>
  )
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text || '{}')
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}
