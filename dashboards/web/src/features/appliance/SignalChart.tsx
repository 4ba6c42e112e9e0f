import { Group, Text } from '@mantine/core'
import { useMemo, useState } from 'react'
import type uPlot from 'uplot'
import type { Series } from '../../api.ts'
import { fade } from '../../components/chartColors.ts'
import { withGaps } from '../../components/gaps.ts'
import { useNames } from '../../components/names.ts'
import { Plot, type Span } from '../../components/Plot.tsx'
import { metricColor } from '../../theme.ts'
import { useWords } from '../../words/index.ts'

/** One signal of an appliance: the mean as a line, and the reach of what was drawn together as an outlined band. */
export function SignalChart({
  kind,
  metric,
  unit,
  ts,
  signal,
  largestGapMs,
  span,
  onSelect,
}: {
  kind: string
  metric: string
  unit: string
  ts: readonly number[]
  signal: Series['series'][string]
  largestGapMs: number
  span: Span
  onSelect: (span: Span) => void
}) {
  const { t } = useWords()
  const names = useNames()
  const [cursor, setCursor] = useState<number | null>(null)
  const color = metricColor(metric)
  const isReduced = signal.min.some((low, i) => low !== signal.max[i])
  const data = useMemo(() => {
    const columns = isReduced ? [signal.min, signal.max, signal.mean] : [signal.mean]
    const gapped = withGaps(ts, columns, largestGapMs)
    return [gapped.x, ...gapped.columns] as uPlot.AlignedData
  }, [ts, signal, isReduced, largestGapMs])
  const mean = data[data.length - 1] as (number | null)[]
  const shown = cursor === null ? mean.findLast((value) => value !== null) : mean[cursor]
  return (
    <div>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="sm" fw={500} truncate>
          <span aria-hidden style={{ color }}>
            ▬{' '}
          </span>
          {names.metric(kind, metric)}
        </Text>
        <Text size="sm" style={{ whiteSpace: 'nowrap' }}>
          {names.value(kind, metric, shown, unit)}
        </Text>
      </Group>
      <Plot
        label={t('chart.signalLabel', { metric: names.metric(kind, metric) })}
        data={data}
        span={span}
        height={112}
        shape={`${metric}/${isReduced}`}
        yTick={(value) => (names.isShare(kind, metric) ? `${Math.round(value * 100)} %` : value.toLocaleString())}
        onCursor={setCursor}
        onSelect={onSelect}
        series={() => ({
          series: [
            ...(isReduced
              ? [
                  { stroke: fade(color, 0.55), width: 0.7, points: { show: false } },
                  { stroke: fade(color, 0.55), width: 0.7, points: { show: false } },
                ]
              : []),
            { stroke: color, width: 1.4, points: { show: false } },
          ],
          bands: isReduced ? [{ series: [2, 1], fill: fade(color, 0.18) }] : [],
        })}
      />
    </div>
  )
}
