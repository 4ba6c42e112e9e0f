import { Group, Skeleton, Text } from '@mantine/core'
import { useMemo } from 'react'
import type uPlot from 'uplot'
import { type Answer, useCall } from '../../api.ts'
import { unitText } from '../../components/format.tsx'
import { usualStep, withGaps } from '../../components/gaps.ts'
import { useNames } from '../../components/names.ts'
import { Empty, Failure } from '../../components/Page.tsx'
import { Plot, type Span } from '../../components/Plot.tsx'
import { useWords } from '../../words/index.ts'
import { drawCycles, drawMarks, drawReach, type Mark } from './chartMarks.ts'
import { type Dot, dotOf, type EvidenceRow, isNumber, usualWidth, withRecord } from './proofChart.ts'

/** Dots of a day or a cycle are not joined over more than this many of their usual distances. */
const BREAK_AFTER_STEPS = 4
const DAY_MS = 86_400_000

/** The chart that shows it: one dot a cycle or a day, on the band that was expected here. */
export function BandChart({
  appliance,
  kind,
  feature,
  unit,
  span,
  marks = [],
  fired,
  height = 240,
  onSelect,
}: {
  appliance: string
  kind: string
  feature: string
  unit: string
  span: Span
  marks?: Mark[]
  /** The record of what fired: drawn as that very dot, with the band that it was held against. */
  fired?: EvidenceRow
  height?: number
  onSelect?: (span: Span) => void
}) {
  const { t, lang } = useWords()
  const names = useNames()
  const range = { from: span.from, to: span.to }
  const { data, error, refetch } = useCall(
    'GET /api/appliances/:id/features',
    { id: appliance, feature, ...range },
    20_000,
  )
  const { data: cycles } = useCall('GET /api/appliances/:id/cycles', { id: appliance, ...range }, 20_000)
  const columns = useColumns(data?.items, feature, fired)

  if (error && !data) return <Failure error={error} retry={() => void refetch()} />
  if (!data) return <Skeleton height={height} />
  if (columns.count === 0) return <Empty>{t('chart.noFeature')}</Empty>
  return (
    <div>
      {unitText(unit) && (
        <Text size="xs" c="dimmed">
          {unitText(unit)}
        </Text>
      )}
      <Plot
        label={t('chart.bandLabel', { feature: names.feature(kind, feature), appliance, count: columns.count })}
        data={columns.data}
        span={span}
        height={height}
        shape={feature}
        yTick={(value) =>
          names.isShare(kind, feature)
            ? `${(value * 100).toLocaleString(lang, { maximumFractionDigits: 1 })} %`
            : value.toLocaleString(lang, { maximumFractionDigits: 3 })
        }
        onSelect={onSelect}
        draw={(plot, paint) => {
          drawCycles(plot, cycles?.items ?? [], paint)
          if (fired) drawReach(plot, fired, paint)
          drawMarks(plot, marks, paint)
        }}
        series={(paint) => ({
          series: [
            { stroke: paint.bandEdge, width: 1, points: { show: false } },
            { stroke: paint.bandEdge, width: 1, points: { show: false } },
            dots(paint.inside, 5),
            dots(paint.outside, 9),
            dots(paint.cycle, 4),
            { ...dots(paint.cycle, 7), points: { show: true, size: 7, fill: paint.surface, stroke: paint.cycle } },
            {
              ...dots(paint.outside, 13),
              points: { show: true, size: 13, width: 2, fill: paint.outside, stroke: paint.strong },
            },
          ],
          bands: [{ series: [2, 1], fill: paint.band }],
        })}
      />
      <Legend fired={fired} hasUntold={columns.hasUntold} hasLearning={columns.hasLearning} />
    </div>
  )
}

type Items = Answer<'GET /api/appliances/:id/features'>['items']

/** What is drawn: the band, and a column for each look that a dot can have. */
function useColumns(items: Items | undefined, feature: string, fired: EvidenceRow | undefined) {
  return useMemo(() => {
    const rows = (items ?? []).filter((row) => row.feature === feature).toSorted((a, b) => a.at - b.at)
    const ts = rows.map(({ at }) => at)
    const width = usualWidth(rows, fired)
    const dots = rows.map((row) => dotOf(row, width))
    const those = (dot: Dot) => rows.map(({ observed }, i) => (dots[i] === dot ? observed : null))
    const gapped = withGaps(
      ts,
      [
        rows.map(({ low }) => (isNumber(low) ? low : null)),
        rows.map(({ high }) => (isNumber(high) ? high : null)),
        those('inside'),
        those('outside'),
        those('learning'),
        those('cannotTell'),
      ],
      Math.max(1.5 * DAY_MS, BREAK_AFTER_STEPS * usualStep(ts)),
    )
    const { x, columns } = withRecord(gapped.x, gapped.columns, 2, fired && { at: fired.to, value: fired.observed })
    return {
      data: [x, ...columns] as uPlot.AlignedData,
      count: rows.length + (fired && !ts.includes(fired.to) ? 1 : 0),
      hasLearning: dots.includes('learning'),
      hasUntold: dots.includes('cannotTell'),
    }
  }, [items, feature, fired?.to, fired?.observed])
}

function Legend({ fired, hasUntold, hasLearning }: { fired?: EvidenceRow; hasUntold: boolean; hasLearning: boolean }) {
  const { t } = useWords()
  return (
    <Group gap="lg" mt={4}>
      <ChartKey mark="▬" color="var(--band)" words={t('chart.band')} />
      <ChartKey mark="●" color="var(--inside)" words={t('chart.inside')} />
      <ChartKey mark="⬤" color="var(--outside)" words={t('chart.outside')} />
      {fired && (
        <ChartKey
          mark="◉"
          color="var(--outside)"
          words={t(fired.scale === 'hours' ? 'chart.firedHours' : 'chart.fired')}
        />
      )}
      {hasUntold && <ChartKey mark="○" color="var(--mantine-color-dimmed)" words={t('chart.cannotTell')} />}
      {hasLearning && <ChartKey mark="•" color="var(--mantine-color-dimmed)" words={t('chart.learning')} />}
      <ChartKey mark="▁" color="var(--mantine-color-dimmed)" words={t('chart.cycles')} />
    </Group>
  )
}

const dots = (color: string, size: number): uPlot.Series => ({
  stroke: color,
  paths: () => null,
  points: { show: true, size, fill: color, stroke: color },
})

/** One line of a legend. */
export function ChartKey({ mark, color, words }: { mark: string; color: string; words: string }) {
  return (
    <Text size="xs" c="dimmed">
      <span aria-hidden style={{ color }}>
        {mark}
      </span>{' '}
      {words}
    </Text>
  )
}
