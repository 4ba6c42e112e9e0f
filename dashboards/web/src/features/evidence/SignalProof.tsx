import { Group, Skeleton, Text } from '@mantine/core'
import { useMemo } from 'react'
import uPlot from 'uplot'
import { useCall } from '../../api.ts'
import type { Paint } from '../../components/chartColors.ts'
import { unitText } from '../../components/format.tsx'
import { usualStep, withGaps } from '../../components/gaps.ts'
import { useNames } from '../../components/names.ts'
import { Empty, Failure } from '../../components/Page.tsx'
import { Plot, type Span } from '../../components/Plot.tsx'
import { useWords } from '../../words/index.ts'
import { ChartKey } from './BandChart.tsx'
import { drawMarks, type Mark } from './chartMarks.ts'
import { type EvidenceRow, type ProofChart, withRecord } from './proofChart.ts'

const POINTS = 600
/** Lines are not drawn over more than so many usual steps. */
const BREAK_AFTER_STEPS = 4

interface Signal {
  appliance: string
  row: EvidenceRow
  chart: Extract<ProofChart, { as: 'signal' | 'lasting' }>
  span: Span
}

/** The raw signal that a limit is put on, the limit as a line, the time that counted shaded, and what fired as its own dot. */
export function SignalProof(
  props: Signal & { kind: string; marks: Mark[]; height?: number; onSelect?: (span: Span) => void },
) {
  const { appliance, kind, row, chart, span, marks, height = 240, onSelect } = props
  const { t, lang } = useWords()
  const names = useNames()
  const { columns, data, error, refetch, metrics, minus, limits } = useSignal({ appliance, row, chart, span })
  if (error && !data) return <Failure error={error} retry={() => void refetch()} />
  if (!data) return <Skeleton height={height} />
  if (data.ts.length === 0) return <Empty>{t('appliance.noReadings')}</Empty>
  const name = names.feature(kind, row.feature)
  const unit = chart.as === 'signal' ? row.unit : (names.kindOf(kind)?.metrics[chart.metric]?.unit ?? '')
  const isShare = names.isShare(kind, chart.metric) && !minus
  return (
    <div>
      <Text size="xs" c="dimmed">
        {minus
          ? t('chart.difference', { metric: names.metric(kind, chart.metric), minus: names.metric(kind, minus) })
          : names.metric(kind, chart.metric)}
        {unitText(unit) && `, ${unitText(unit)}`}
      </Text>
      <Plot
        label={t('chart.proofLabel', {
          feature: name,
          appliance,
          value: names.value(kind, row.feature, row.observed, row.unit),
        })}
        data={columns}
        span={span}
        height={height}
        shape={`proof/${metrics}/${limits.length}/${chart.as}`}
        yTick={(value) =>
          isShare ? `${Math.round(value * 100)} %` : value.toLocaleString(lang, { maximumFractionDigits: 2 })
        }
        onSelect={onSelect}
        draw={(plot, paint) => {
          shade(plot, row, paint)
          if (chart.as === 'lasting') line(plot, chart.limitAt, paint)
          drawMarks(plot, marks, paint)
        }}
        series={(paint) => ({
          series: [
            { stroke: paint.inside, width: 1.4, points: { show: false } },
            {
              stroke: paint.outside,
              paths: () => null,
              points: { show: true, size: 11, fill: paint.outside, stroke: paint.strong },
            },
            ...limits.map(() => ({ stroke: paint.outside, width: 1.2, dash: [6, 4], points: { show: false } })),
          ],
        })}
      />
      <Legend as={chart.as} />
    </div>
  )
}

/** The signal, or by how much it is over another, with its limits and the value that fired. */
function useSignal({ appliance, row, chart, span }: Signal) {
  const minus = chart.as === 'signal' ? chart.minus : undefined
  const limits = chart.as === 'signal' ? chart.limits : []
  const metrics = [chart.metric, ...(minus ? [minus] : [])].join()
  const { data, error, refetch } = useCall('GET /api/appliances/:id/telemetry', {
    id: appliance,
    ...span,
    points: POINTS,
    metrics,
  })
  const columns = useMemo(() => {
    const mean = data?.series[chart.metric]?.mean ?? []
    const less = minus ? data?.series[minus]?.mean : undefined
    const values = mean.map((value, i) => (value === null ? null : minus ? apart(value, less?.[i]) : value))
    const ts = data?.ts ?? []
    const gapped = withGaps(ts, [values], Math.max(60_000, BREAK_AFTER_STEPS * usualStep(ts)))
    // What lasted is as long as its shade; only what was measured has a height of its own.
    const record = chart.as === 'signal' ? { at: row.to, value: row.observed } : undefined
    const all = withRecord(gapped.x, gapped.columns, 1, record)
    return [all.x, ...all.columns, ...limits.map((limit) => all.x.map(() => limit))] as unknown as uPlot.AlignedData
  }, [data, chart.metric, minus, row.to, row.observed, limits.join()])
  return { columns, data, error, refetch, metrics, minus, limits }
}

function Legend({ as }: { as: 'signal' | 'lasting' }) {
  const { t } = useWords()
  return (
    <Group gap="lg" mt={4}>
      {as === 'signal' ? (
        <>
          <ChartKey mark="┅" color="var(--outside)" words={t('chart.limit')} />
          <ChartKey mark="⬤" color="var(--outside)" words={t('chart.fired')} />
        </>
      ) : (
        <ChartKey mark="┇" color="var(--outside)" words={t('chart.limitTime')} />
      )}
      <ChartKey mark="▒" color="var(--outside)" words={t('chart.counted')} />
    </Group>
  )
}

const apart = (value: number, less: number | null | undefined): number | null =>
  less === null || less === undefined ? null : value - less

/** The time that counted. */
function shade(plot: uPlot, { from, to }: EvidenceRow, paint: Paint): void {
  const { ctx, bbox } = plot
  const clip = (at: number): number =>
    Math.min(bbox.left + bbox.width, Math.max(bbox.left, plot.valToPos(at / 1000, 'x', true)))
  ctx.save()
  ctx.globalAlpha = 0.16
  ctx.fillStyle = paint.outside
  ctx.fillRect(clip(from), bbox.top, Math.max(uPlot.pxRatio, clip(to) - clip(from)), bbox.height)
  ctx.restore()
}

/** When it should have been over. */
function line(plot: uPlot, at: number, paint: Paint): void {
  const { ctx, bbox } = plot
  const x = plot.valToPos(at / 1000, 'x', true)
  if (x < bbox.left || x > bbox.left + bbox.width) return
  ctx.save()
  ctx.strokeStyle = paint.outside
  ctx.lineWidth = 1.2 * uPlot.pxRatio
  ctx.setLineDash([6 * uPlot.pxRatio, 4 * uPlot.pxRatio])
  ctx.beginPath()
  ctx.moveTo(x, bbox.top)
  ctx.lineTo(x, bbox.top + bbox.height)
  ctx.stroke()
  ctx.restore()
}
