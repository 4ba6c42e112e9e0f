import { Button, Modal, MultiSelect, SegmentedControl, Select, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import type { Ticket } from '../../api.ts'
import { useNames } from '../../components/names.ts'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'

const verdicts = ['confirmed', 'other-cause', 'refuted'] as const
type Verdict = (typeof verdicts)[number]
/** A part of the kit is taken for used from this probability on. */
const LIKELY_USED = 0.5

/** What was found. The likely answer stands there already: two taps when it was right. */
export function CloseTicket({ ticket, opened, close }: { ticket: Ticket; opened: boolean; close: () => void }) {
  const { t } = useWords()
  const names = useNames()
  const { act, busy } = useAction()
  const likelyParts = ticket.kit.filter(({ probability }) => probability >= LIKELY_USED).map(({ part }) => part)
  const [verdict, setVerdict] = useState<Verdict>('confirmed')
  const [cause, setCause] = useState<string>(ticket.failureMode ?? 'unknown')
  const [parts, setParts] = useState<string[]>(likelyParts)
  const [note, setNote] = useState('')
  const kind = names.kindOf(ticket.kind)
  const isPredicted = ticket.source === 'predicted'
  const causes = [...new Set([...Object.keys(kind?.failureModes ?? {}), 'unknown', 'none'])]

  const judge = (next: Verdict) => {
    setVerdict(next)
    if (next === 'refuted') {
      setCause('none')
      setParts([])
    } else if (next === 'confirmed') {
      setCause(ticket.failureMode ?? 'unknown')
      setParts(likelyParts)
    } else setParts([])
  }
  const choose = (next: string | null) => {
    if (!next) return
    setCause(next)
    setVerdict(next === 'none' ? 'refuted' : next === ticket.failureMode ? 'confirmed' : 'other-cause')
  }
  const send = async () => {
    const closure = { cause, ...(isPredicted ? { verdict } : {}), parts, note: note.trim() }
    if (await act('POST /api/tickets/:id/close', { id: ticket.id }, closure, t('ticket.closedNow'))) close()
  }
  return (
    <Modal opened={opened} onClose={close} title={t('ticket.close')}>
      <Stack>
        {isPredicted && (
          <div>
            <Text size="sm" fw={500} mb={4} id="verdict-label">
              {t('ticket.verdict')}
            </Text>
            <SegmentedControl
              fullWidth
              aria-labelledby="verdict-label"
              value={verdict}
              onChange={(value) => judge(value as Verdict)}
              data={verdicts.map((value) => ({ value, label: t(`ticket.verdicts.${value}`) }))}
            />
          </div>
        )}
        <Select
          label={t('ticket.foundCause')}
          data={causes.map((value) => ({ value, label: names.mode(ticket.kind, value) }))}
          value={cause}
          onChange={choose}
          allowDeselect={false}
          searchable
        />
        <MultiSelect
          label={t('ticket.partsUsed')}
          data={Object.keys(kind?.parts ?? {}).map((value) => ({ value, label: names.part(ticket.kind, value) }))}
          value={parts}
          onChange={setParts}
          searchable
          clearable
        />
        <Textarea
          label={t('ticket.note')}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          autosize
          minRows={2}
        />
        <Button onClick={() => void send()} loading={busy} data-autofocus>
          {isPredicted ? t(`ticket.closeAs.${verdict}`) : t('ticket.closeNow')}
        </Button>
      </Stack>
    </Modal>
  )
}
