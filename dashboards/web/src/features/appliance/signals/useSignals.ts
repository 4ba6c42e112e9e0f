import { useEffect, useMemo, useRef, useState } from 'react'
import type { StreamMessage } from '../../../../../api/streamMessage.ts'
import { type ApplianceDetail, type Series, useCall } from '../../../api.ts'
import type { Span } from '../../../components/Plot.tsx'
import { useEvents } from '../../../live.ts'

type Live = Extract<StreamMessage, { type: 'reading' }>
export const POINTS = 600
/** Live readings are drawn this often. */
const DRAW_EVERY_MS = 500
/** So many live readings, and the stretch is loaded afresh, reduced to what can be seen. */
const MOST_LIVE = 1_200
const LOAD_AT_MOST_EVERY_MS = 4_000

/** The readings of a stretch, with those that come in meanwhile at its end. */
export function useSignals(
  appliance: ApplianceDetail,
  lengthMs: number,
  marked: Span | undefined,
  largestGapMs: number,
) {
  const newest = appliance.lastReading?.ts ?? 0
  const [loadedTo, setLoadedTo] = useState(newest)
  const asked = useMemo(() => marked ?? { from: loadedTo - lengthMs, to: loadedTo + 1 }, [marked, loadedTo, lengthMs])
  const { data, error, refetch } = useCall(
    'GET /api/appliances/:id/telemetry',
    newest > 0 ? { id: appliance.id, from: asked.from, to: asked.to, points: POINTS } : null,
  )
  const waiting = useRef<Live[]>([])
  const loadedAt = useRef(Number.NEGATIVE_INFINITY)
  const [live, setLive] = useState<Live[]>([])

  // What came while it loaded stays, where it is later
  useEffect(() => {
    const last = data?.ts.at(-1) ?? 0
    waiting.current = waiting.current.filter(({ ts }) => ts > last)
    setLive([...waiting.current])
  }, [data])
  // A chosen length ends at the newest reading of that moment
  useEffect(() => setLoadedTo(Math.max(newest, loadedTo)), [lengthMs, marked === undefined])

  useEvents('reading', (reading) => {
    if (reading.appliance === appliance.id && !marked) waiting.current.push(reading)
  })
  useEffect(() => {
    const timer = setInterval(() => {
      const [first] = waiting.current
      const last = waiting.current.at(-1)
      if (!first || !last) return
      // A hole between what was loaded and what comes now: it was sent in between.
      const isHole = first.ts - (data?.ts.at(-1) ?? 0) > largestGapMs
      const mayLoad = performance.now() - loadedAt.current > LOAD_AT_MOST_EVERY_MS
      if (mayLoad && (isHole || waiting.current.length > MOST_LIVE || last.ts - loadedTo > lengthMs)) {
        loadedAt.current = performance.now()
        setLoadedTo(last.ts)
      }
      setLive([...waiting.current])
    }, DRAW_EVERY_MS)
    return () => clearInterval(timer)
  }, [loadedTo, lengthMs, data, largestGapMs])

  const series = useMemo(() => (data ? joined(data, live) : undefined), [data, live])
  const end = marked ? marked.to : Math.max(loadedTo, series?.ts.at(-1) ?? 0)
  const span = useMemo(() => marked ?? { from: end - lengthMs, to: end }, [marked, end, lengthMs])
  return { series, span, error: data ? null : error, retry: () => void refetch() }
}

function joined(series: Series, live: Live[]): Series {
  const last = series.ts.at(-1) ?? 0
  const later = live.filter(({ ts }) => ts > last).toSorted((a, b) => a.ts - b.ts)
  if (later.length === 0) return series
  const metrics = new Set([...Object.keys(series.series), ...later.flatMap(({ metrics }) => Object.keys(metrics))])
  const absent = new Array<null>(series.ts.length).fill(null)
  return {
    ts: [...series.ts, ...later.map(({ ts }) => ts)],
    series: Object.fromEntries(
      [...metrics].map((metric) => {
        const known = series.series[metric]
        const more = later.map(({ metrics }) => metrics[metric] ?? null)
        return [
          metric,
          {
            min: [...(known?.min ?? absent), ...more],
            mean: [...(known?.mean ?? absent), ...more],
            max: [...(known?.max ?? absent), ...more],
          },
        ]
      }),
    ),
  }
}
