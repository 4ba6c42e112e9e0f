import { Button, Card, Group, SimpleGrid, Skeleton, Title } from '@mantine/core'
import { useState } from 'react'
import type { ApplianceDetail } from '../../api.ts'
import { useNames } from '../../components/names.ts'
import { Empty, Failure } from '../../components/Page.tsx'
import { useWords } from '../../words/index.ts'
import { SignalChart } from './SignalChart.tsx'
import { SpanPicker } from './SpanPicker.tsx'
import { POINTS, useSignals } from './useSignals.ts'

const HOUR = 3_600_000

/** All signals as small multiples with one cursor; new readings join at the right as they come. */
export function Signals({ appliance }: { appliance: ApplianceDetail }) {
  const { t } = useWords()
  const names = useNames()
  const [hours, setHours] = useState(24)
  const [marked, mark] = useState<{ from: number; to: number }>()
  const kind = names.kindOf(appliance.kind)
  const cadenceMs = 1000 * (appliance.cadenceSeconds ?? Math.max(kind?.cadenceSeconds ?? 60, kind?.idleSeconds ?? 0))
  const { series, span, error, retry } = useSignals(appliance, hours * HOUR, marked, 3 * cadenceMs)
  // Above so many readings each point is a stretch of them; neighbours are that far apart.
  const step = (span.to - span.from) / POINTS
  const metrics = [
    ...(kind?.metricNames ?? []).filter((metric) => series && Object.hasOwn(series.series, metric)),
    ...Object.keys(series?.series ?? {}).filter((metric) => !kind?.metricNames.includes(metric)),
  ]
  return (
    <Card withBorder padding="md">
      <Group justify="space-between" mb="sm" gap="sm">
        <Title order={2}>{t('appliance.signals')}</Title>
        <Group gap="sm">
          {marked && (
            <Button size="compact-xs" variant="default" onClick={() => mark(undefined)}>
              {t('appliance.backToLive')}
            </Button>
          )}
          <SpanPicker
            hours={marked ? undefined : hours}
            choices={[1, 6, 24, 168, 720, 8760]}
            choose={(next) => {
              mark(undefined)
              setHours(next)
            }}
          />
        </Group>
      </Group>
      {error ? <Failure error={error} retry={retry} /> : null}
      {!series && !error && <Skeleton height={320} />}
      {series && series.ts.length === 0 && <Empty>{t('appliance.noReadings')}</Empty>}
      {series && series.ts.length > 0 && (
        <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }} spacing="lg" verticalSpacing="md">
          {metrics.map((metric) => (
            <SignalChart
              key={metric}
              kind={appliance.kind}
              metric={metric}
              unit={kind?.metrics[metric]?.unit ?? ''}
              ts={series.ts}
              signal={series.series[metric] ?? { min: [], mean: [], max: [] }}
              largestGapMs={1.5 * Math.max(cadenceMs, step)}
              span={span}
              onSelect={mark}
            />
          ))}
        </SimpleGrid>
      )}
    </Card>
  )
}
