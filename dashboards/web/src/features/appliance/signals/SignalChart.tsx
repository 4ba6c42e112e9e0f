import { Group, Text } from '@mantine/core'
import { useMemo, useState } from 'react'
import uPlot from 'uplot'
import type { Series } from '../../../api.ts'
import { fade } from '../../../components/chartColors.ts'
import { withGaps } from '../../../components/gaps.ts'
import { useNames } from '../../../components/names.ts'
import { Plot, type Span } from '../../../components/Plot.tsx'
import { Allowed } from '../../../components/useMay.tsx'
import { metricColor } from '../../../theme.ts'
import { useWords } from '../../../words/index.ts'
import { RuleOf } from './RuleOf.tsx'

/** One signal of an appliance: the mean as a line, and the reach of what was drawn together as an outlined band. */
export function SignalChart({
  kind,
  metric,
  unit,
  ts,
  signal,
  largestGapMs,
  span,
  beside,
  onSelect,
}: {
  kind: string
  metric: string
  unit: string
  ts: readonly number[]
  signal: Series['series'][string]
  largestGapMs: number
  span: Span
  /** Of somebody else, to compare. */
  beside?: { ts: readonly number[]; mean: readonly (number | null)[]; label: string } | undefined
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
    const own = [gapped.x, ...gapped.columns] as uPlot.AlignedData
    // A row that only one of them has is absent in the other, and breaks no line.
    return beside ? uPlot.join([own, [beside.ts.map((at) => at / 1000), [...beside.mean]]]) : own
  }, [ts, signal, isReduced, largestGapMs, beside])
  const mean = data[isReduced ? 3 : 1] as (number | null | undefined)[]
  const shown = valueAt(mean, cursor)
  const other = beside && valueAt(data[data.length - 1] as typeof mean, cursor)
  return (
    <div>
      <Head {...{ kind, metric, unit, signal, shown, other, color }} />
      <Plot
        label={t('chart.signalLabel', { metric: names.metric(kind, metric) })}
        data={data}
        span={span}
        height={112}
        shape={`${metric}/${isReduced}/${beside ? 'beside' : 'alone'}`}
        yTick={(value) => (names.isShare(kind, metric) ? `${Math.round(value * 100)} %` : value.toLocaleString())}
        onCursor={setCursor}
        onSelect={onSelect}
        series={(paint) => ({
          series: [
            ...(isReduced
              ? [
                  { stroke: fade(color, 0.55), width: 0.7, points: { show: false } },
                  { stroke: fade(color, 0.55), width: 0.7, points: { show: false } },
                ]
              : []),
            { stroke: color, width: 1.4, points: { show: false } },
            ...(beside
              ? [{ stroke: paint.text, width: 1.2, dash: [5, 4], spanGaps: true, points: { show: false } }]
              : []),
          ],
          bands: isReduced ? [{ series: [2, 1], fill: fade(color, 0.18) }] : [],
        })}
      />
    </div>
  )
}

/** What it is, what was measured at the cursor, and what may be made of it. */
function Head({
  kind,
  metric,
  unit,
  signal,
  shown,
  other,
  color,
}: Pick<Parameters<typeof SignalChart>[0], 'kind' | 'metric' | 'unit' | 'signal'> & {
  shown: number | null | undefined
  other: number | null | undefined
  color: string
}) {
  const names = useNames()
  return (
    <Group justify="space-between" gap="xs" wrap="nowrap">
      <Text size="sm" fw={500} truncate>
        <span aria-hidden style={{ color }}>
          ▬{' '}
        </span>
        {names.metric(kind, metric)}
      </Text>
      <Text size="sm" style={{ whiteSpace: 'nowrap' }} ml="auto">
        {names.value(kind, metric, shown, unit)}
        {other !== undefined && (
          <Text span size="sm" c="dimmed">
            {' / '}
            {names.value(kind, metric, other, unit)}
          </Text>
        )}
      </Text>
      <Allowed to="rules.change">
        <RuleOf kind={kind} metric={metric} unit={unit} signal={signal} />
      </Allowed>
    </Group>
  )
}

/** What stands under the cursor, or was measured last before it; without a cursor, the last of all. */
function valueAt(values: readonly (number | null | undefined)[], cursor: number | null): number | null | undefined {
  const isThere = (value: number | null | undefined) => value !== null && value !== undefined
  if (cursor === null) return values.findLast(isThere)
  // A row of the other one alone: the nearest before it is what was measured.
  return values[cursor] === undefined ? values.slice(0, cursor).findLast(isThere) : values[cursor]
}
