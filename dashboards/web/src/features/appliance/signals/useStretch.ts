import { useMemo } from 'react'
import type { Span } from '../../../components/Plot.tsx'
import { useFilters } from '../../../components/useFilters.ts'
import { type Move, moved } from './moved.ts'

const HOUR = 3_600_000
const DAY_HOURS = 24

/** What is seen of an appliance's signals, kept in the address: so many hours up to now, or a stretch; and beside whom. */
export function useStretch() {
  const [{ hours, from, to, beside }, change] = useFilters<'hours' | 'from' | 'to' | 'beside'>()
  const marked = useMemo(() => stretchOf(Number(from), Number(to)), [from, to])
  const live = (length: number) => change({ hours: length === DAY_HOURS ? null : String(length), from: null, to: null })
  const mark = (span: Span) => change({ from: String(Math.round(span.from)), to: String(Math.round(span.to)) })
  return {
    hours: Number(hours) > 0 ? Number(hours) : DAY_HOURS,
    marked,
    live,
    mark,
    /** @returns what will be seen */
    move(span: Span, how: Move, newest: number): Span {
      const next = moved(span, how, newest)
      if (next.isLive) live((next.to - next.from) / HOUR)
      else mark(next)
      return next
    },
    beside,
    setBeside: (id: string | null) => change({ beside: id }),
  }
}

const stretchOf = (from: number, to: number): Span | undefined => (to > from && from >= 0 ? { from, to } : undefined)
