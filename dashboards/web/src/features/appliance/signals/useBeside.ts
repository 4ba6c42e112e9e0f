import { type Series, useCall } from '../../../api.ts'
import type { Span } from '../../../components/Plot.tsx'
import { useWords } from '../../../words/index.ts'
import { LIKE } from './SignalTools.tsx'

const POINTS = 300

/** What another appliance, or the others like it, measured in the same stretch. */
export function useBeside(id: string, beside: string | undefined, { from, to }: Span) {
  const { t } = useWords()
  const stretch = { from: Math.round(from), to: Math.round(to) }
  const isLike = beside === LIKE
  const like = useCall(
    'GET /api/appliances/:id/telemetry/like',
    isLike && to > from ? { id, ...stretch, points: 200 } : null,
  )
  const other = useCall(
    'GET /api/appliances/:id/telemetry',
    beside && !isLike && to > from ? { id: beside, ...stretch, points: POINTS } : null,
  )
  const series: Series | undefined = isLike ? like.data : beside ? other.data : undefined
  const of = like.data
  const label = isLike ? (of ? t(`chart.likeOf.${of.of}`, { count: of.appliances }) : '') : (beside ?? '')
  return { series, label, isFew: isLike && of?.appliances === 0, error: isLike ? like.error : other.error }
}
