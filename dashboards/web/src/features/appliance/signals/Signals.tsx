import { Card, Group, SimpleGrid, Skeleton, Text, Title } from '@mantine/core'
import { type KeyboardEvent, useMemo, useRef } from 'react'
import type { ApplianceDetail } from '../../../api.ts'
import { useNames } from '../../../components/names.ts'
import { Empty, Failure } from '../../../components/Page.tsx'
import { stepCursor } from '../../../components/Plot.tsx'
import { useWords } from '../../../words/index.ts'
import type { Move } from './moved.ts'
import { SignalChart } from './SignalChart.tsx'
import { SignalTools } from './SignalTools.tsx'
import { useBeside } from './useBeside.ts'
import { POINTS, useSignals } from './useSignals.ts'
import { useStretch } from './useStretch.ts'

const HOUR = 3_600_000
/** By the keys of a chart that has the focus; those for the cursor are in `onKey`. */
const keys: Readonly<Record<string, Move>> = { '[': 'back', ']': 'on', '+': 'in', '=': 'in', '-': 'out' }

/** All signals as small multiples with one cursor; new readings join at the right as they come. */
export function Signals({ appliance }: { appliance: ApplianceDetail }) {
  const { t } = useWords()
  const names = useNames()
  const stretch = useStretch()
  const place = useRef<HTMLElement>(null)
  const kind = names.kindOf(appliance.kind)
  const cadenceMs = 1000 * (appliance.cadenceSeconds ?? Math.max(kind?.cadenceSeconds ?? 60, kind?.idleSeconds ?? 0))
  const { series, span, error, retry } = useSignals(appliance, stretch.hours * HOUR, stretch.marked, 3 * cadenceMs)
  const beside = useBeside(appliance.id, stretch.beside, span)
  // Above so many readings each point is a stretch of them; neighbours are that far apart.
  const step = (span.to - span.from) / POINTS
  const metrics = [
    ...(kind?.metricNames ?? []).filter((metric) => series && Object.hasOwn(series.series, metric)),
    ...Object.keys(series?.series ?? {}).filter((metric) => !kind?.metricNames.includes(metric)),
  ]
  // Keys come faster than the address follows.
  const seen = useRef(span)
  seen.current = span
  const move = (how: Move) => {
    seen.current = stretch.move(seen.current, how, appliance.lastReading?.ts ?? span.to)
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return
    const how = keys[event.key]
    const by = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0
    if (how) move(how)
    else if (event.key === '0') stretch.live(stretch.hours)
    else if (by !== 0 && place.current) stepCursor(place.current, by * (event.shiftKey ? 10 : 1))
    else return
    event.preventDefault()
  }
  return (
    <Card withBorder padding="md">
      <Group justify="space-between" mb="sm" gap="sm">
        <Title order={2}>{t('appliance.signals')}</Title>
        <SignalTools appliance={appliance} stretch={stretch} span={span} move={move} />
      </Group>
      {error ? <Failure error={error} retry={retry} /> : null}
      {beside.error ? <Failure error={beside.error} /> : null}
      {stretch.beside && !beside.error && (
        <Text size="xs" c="dimmed" mb="xs">
          {beside.isFew ? t('chart.likeFew') : t('chart.besideLine', { who: beside.label })}
        </Text>
      )}
      {!series && !error && <Skeleton height={320} />}
      {series && series.ts.length === 0 && <Empty>{t('appliance.noReadings')}</Empty>}
      {series && series.ts.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the charts are read and moved by keys, too
        <section ref={place} tabIndex={0} aria-label={t('chart.keys')} onKeyDown={onKey}>
          <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }} spacing="lg" verticalSpacing="md">
            {metrics.map((metric) => (
              <Signal
                key={metric}
                {...{ appliance, metric, series, span, beside }}
                unit={kind?.metrics[metric]?.unit ?? ''}
                largestGapMs={1.5 * Math.max(cadenceMs, step)}
                onSelect={stretch.mark}
              />
            ))}
          </SimpleGrid>
        </section>
      )}
    </Card>
  )
}

type Seen = ReturnType<typeof useSignals>

function Signal({
  appliance,
  metric,
  series,
  beside,
  ...rest
}: Pick<Parameters<typeof SignalChart>[0], 'unit' | 'largestGapMs' | 'span' | 'onSelect'> & {
  appliance: ApplianceDetail
  metric: string
  series: NonNullable<Seen['series']>
  beside: ReturnType<typeof useBeside>
}) {
  const other = useMemo(() => {
    const signal = beside.series?.series[metric]
    return beside.series && signal && { ts: beside.series.ts, mean: signal.mean, label: beside.label }
  }, [beside.series, beside.label, metric])
  return (
    <SignalChart
      kind={appliance.kind}
      metric={metric}
      ts={series.ts}
      signal={series.series[metric] ?? { min: [], mean: [], max: [] }}
      beside={other}
      {...rest}
    />
  )
}
