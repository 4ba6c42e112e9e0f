import { Box, Text, Tooltip } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { BoardJob } from '../../api.ts'
import { useNames } from '../../components/names.ts'
import { slotText } from '../../components/plainText.ts'
import { useClock } from '../../live.ts'
import { useWords } from '../../words/index.ts'
import { localeOf } from '../../words/language.ts'
import type { Moving } from './useMove.tsx'

const HOUR = 3_600_000
/** Whole hours of a day that are drawn. */
export interface DaySpan {
  from: number
  to: number
}

/** From before the first window to after the last job, and never less than a working day. */
export function spanOf(day: number, jobs: readonly BoardJob[]): DaySpan {
  const starts = jobs.flatMap(({ slot, startsAt }) => [slot.from, startsAt])
  const ends = jobs.flatMap(({ slot, startsAt, minutes }) => [slot.to, startsAt + minutes * 60_000])
  const from = Math.floor((Math.min(day + 7 * HOUR, ...starts) - day) / HOUR) - 1
  const to = Math.ceil((Math.max(day + 18 * HOUR, ...ends) - day) / HOUR) + 1
  return { from, to }
}

interface Movable {
  /** `m` on a job asks where to; absent: nobody may move it here. */
  move?: ((moving: Moving) => void) | undefined
  dragging?: { begin: (moving: Moving) => void; end: () => void } | undefined
}

/** One engineer's day as a line: each job where it begins, as wide as it takes; its window below it. */
export function DayLine({
  day,
  zone,
  span,
  jobs,
  move,
  dragging,
}: {
  day: number
  zone: string
  span: DaySpan
  jobs: readonly BoardJob[]
} & Movable) {
  const { t, lang } = useWords()
  const now = useClock((clock) => Math.round(clock.now / 60_000) * 60_000)
  const at = (time: number): number =>
    Math.min(100, Math.max(0, (((time - day) / HOUR - span.from) / (span.to - span.from)) * 100))
  const step = Math.ceil((span.to - span.from) / 5)
  const hours = Array.from({ length: 5 }, (_, i) => span.from + i * step).filter((hour) => hour < span.to)
  return (
    <Box className="day-line">
      {hours.map((hour) => (
        <Text
          key={hour}
          component="span"
          size="xs"
          c="dimmed"
          className="day-hour"
          style={{ left: `${at(day + hour * HOUR)}%` }}
        >
          {new Date(day + hour * HOUR).toLocaleTimeString(localeOf(lang), {
            hour: '2-digit',
            minute: '2-digit',
            timeZone: zone,
          })}
        </Text>
      ))}
      {now > day + span.from * HOUR && now < day + span.to * HOUR && (
        <span className="day-now" style={{ left: `${at(now)}%` }} />
      )}
      <ul className="day-jobs" aria-label={t('dispatch.day')}>
        {jobs.map((job) => (
          <Job key={job.ticket} job={job} at={at} move={move} dragging={dragging} />
        ))}
      </ul>
    </Box>
  )
}

/** @param props.at a time's place on the line, percent */
function Job({ job, at, move, dragging }: { job: BoardJob; at: (time: number) => number } & Movable) {
  const { t, lang } = useWords()
  const names = useNames()
  const words = `${job.number} · ${names.kind(job.kind)} · ${names.mode(job.kind, job.failureMode)}`
  const details = [
    slotText(job.slot, lang, job.zone),
    t('common.minutes', { count: job.minutes }),
    ...(job.km === undefined ? [] : [`${job.km} km`]),
    ...(job.byHand ? [t('dispatch.byHand')] : []),
    ...(job.lateMinutes > 0 ? [t('dispatch.lateBy', { count: job.lateMinutes })] : []),
  ].join(' · ')
  const moving = { ticket: job.ticket, number: job.number, kind: job.kind }
  const end = job.startsAt + job.minutes * 60_000
  return (
    <li>
      <span
        className="day-window"
        style={{ left: `${at(job.slot.from)}%`, width: `${at(job.slot.to) - at(job.slot.from)}%` }}
      />
      <Tooltip label={details} multiline maw={300}>
        <Link
          to="/tickets/$id"
          params={{ id: job.ticket }}
          className="day-job"
          draggable={!!dragging}
          onDragStart={(event) => {
            event.dataTransfer.effectAllowed = 'move'
            event.dataTransfer.setData('text/plain', job.number)
            dragging?.begin(moving)
          }}
          onDragEnd={() => dragging?.end()}
          onKeyDown={(event) => {
            if (!move || event.key !== 'm') return
            event.preventDefault()
            move(moving)
          }}
          aria-keyshortcuts={move ? 'm' : undefined}
          data-late={job.lateMinutes > 0 || undefined}
          data-state={job.state}
          aria-label={`${words}: ${details}`}
          style={{ left: `${at(job.startsAt)}%`, width: `${Math.max(1.2, at(end) - at(job.startsAt))}%` }}
        >
          {job.lateMinutes > 0 ? '! ' : ''}
          {names.mode(job.kind, job.failureMode)}
        </Link>
      </Tooltip>
    </li>
  )
}
