import { Button, Modal, SegmentedControl, Select, Stack, Text, Textarea } from '@mantine/core'
import type { Ticket } from '../../api.ts'
import { useNames } from '../../components/names.ts'
import { useDraft } from '../../offline/useDraft.ts'
import { useWords } from '../../words/index.ts'
import { basisOf, type Job, type Van } from './job.ts'
import { PartTaps } from './PartTaps.tsx'
import { useStep } from './useStep.ts'

const verdicts = ['confirmed', 'other-cause', 'refuted'] as const
type Verdict = (typeof verdicts)[number]
/** A part of the kit is taken for used from this probability on. */
const LIKELY_USED = 0.5

interface Draft {
  verdict: Verdict
  cause: string
  parts: string[]
  note: string
}

/** What it was: the likely answer stands there, so that it takes two taps when it was right. */
export function CloseForm({
  job,
  ticket,
  van,
  opened,
  close,
}: {
  job: Job
  ticket: Ticket
  van: Van | undefined
  opened: boolean
  close: () => void
}) {
  const { t } = useWords()
  const names = useNames()
  const step = useStep(job, basisOf(ticket))
  const { draft, change, clear, judge, choose } = useFinding(job, ticket)
  const isPredicted = ticket.source === 'predicted'
  const causes = [...new Set([...Object.keys(names.kindOf(ticket.kind)?.failureModes ?? {}), 'unknown', 'none'])]
  const send = async () => {
    const { verdict, note, ...found } = draft
    const body = { ...found, ...(isPredicted ? { verdict } : {}), note: note.trim() }
    if (!(await step('close', 'POST /api/tickets/:id/close', body))) return
    clear()
    close()
  }
  return (
    <Modal opened={opened} onClose={close} title={t('my.steps.close')} fullScreen>
      <Stack>
        {isPredicted && (
          <div>
            <Text size="sm" fw={500} mb={4} id="verdict-label">
              {t('ticket.verdict')}
            </Text>
            <SegmentedControl
              fullWidth
              size="md"
              aria-labelledby="verdict-label"
              value={draft.verdict}
              onChange={(value) => judge(verdicts.find((one) => one === value) ?? 'confirmed')}
              data={verdicts.map((value) => ({ value, label: t(`ticket.verdicts.${value}`) }))}
            />
          </div>
        )}
        <Select
          size="md"
          label={t('ticket.foundCause')}
          data={causes.map((value) => ({ value, label: names.mode(ticket.kind, value) }))}
          value={draft.cause}
          onChange={choose}
          allowDeselect={false}
          searchable
        />
        <PartTaps
          label={t('ticket.partsUsed')}
          kind={ticket.kind}
          van={van}
          kit={ticket.kit.map(({ part }) => part)}
          chosen={draft.parts}
          choose={(parts) => change({ ...draft, parts })}
        />
        <Textarea
          label={t('ticket.note')}
          value={draft.note}
          onChange={(event) => change({ ...draft, note: event.currentTarget.value })}
          autosize
          minRows={2}
        />
        <Button size="xl" fullWidth onClick={() => void send()} data-autofocus>
          {isPredicted ? t(`ticket.closeAs.${draft.verdict}`) : t('ticket.closeNow')}
        </Button>
      </Stack>
    </Modal>
  )
}

/** What was found, the likely answer first; verdict, cause and parts go together. */
function useFinding(job: Job, ticket: Ticket) {
  const likely = ticket.kit.filter(({ probability }) => probability >= LIKELY_USED).map(({ part }) => part)
  const { draft, change, clear } = useDraft<Draft>(`close/${job.id}`, {
    verdict: 'confirmed',
    cause: ticket.failureMode ?? 'unknown',
    parts: likely,
    note: '',
  })
  const judge = (verdict: Verdict) => {
    if (verdict === 'refuted') change({ ...draft, verdict, cause: 'none', parts: [] })
    else if (verdict === 'confirmed')
      change({ ...draft, verdict, cause: ticket.failureMode ?? 'unknown', parts: likely })
    else change({ ...draft, verdict, parts: [] })
  }
  const choose = (cause: string | null) =>
    cause &&
    change({
      ...draft,
      cause,
      verdict: cause === 'none' ? 'refuted' : cause === ticket.failureMode ? 'confirmed' : 'other-cause',
    })
  return { draft, change, clear, judge, choose }
}
