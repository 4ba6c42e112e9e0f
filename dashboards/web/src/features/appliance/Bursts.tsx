import { Card, Group, SegmentedControl, Select, Stack, Text, Title } from '@mantine/core'
import { useCallback, useState } from 'react'
import { type BurstRow, useCall } from '../../api.ts'
import { axisOf, EChart, tooltipOf } from '../../components/EChart.tsx'
import { number, shortTime, When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { useWords } from '../../words/index.ts'

const views = ['envelope', 'spectrum'] as const
type View = (typeof views)[number]
/** The shaft's line shows in the spectrum, a bearing's strikes in the envelope, with their second and third. */
const marked: Record<View, (keyof BurstRow['lines'])[]> = {
  spectrum: ['once'],
  envelope: ['outer', 'inner', 'ball', 'cage'],
}
const HARMONICS = 3
/** Height of a name above a line, px. */
const STEP = 13

/** The newest bursts of raw vibration: spectrum and envelope, with the frequencies at which faults strike. */
export function Bursts({ appliance, kind }: { appliance: string; kind: string }) {
  const { t, say, lang } = useWords()
  const names = useNames()
  const [view, show] = useState<View>('envelope')
  const [asked, ask] = useState<string | null>(null)
  const { data } = useCall('GET /api/appliances/:id/bursts', { id: appliance }, 60_000)
  const rows = data?.items ?? []
  const burst = rows.find(({ ts }) => String(ts) === asked) ?? rows[0]
  if (!burst) return null
  return (
    <Card withBorder padding="md">
      <Stack gap="sm">
        <Group justify="space-between" gap="sm">
          <Title order={2}>{say(burst.text)}</Title>
          <Group gap="sm">
            <Select
              size="xs"
              w={190}
              aria-label={t('burst.which')}
              data={rows.map(({ ts, speed }) => ({
                value: String(ts),
                label: `${shortTime(ts, lang)}${speed === undefined ? '' : ` · ${number(speed, lang)} /min`}`,
              }))}
              value={String(burst.ts)}
              onChange={ask}
              allowDeselect={false}
            />
            <SegmentedControl
              size="xs"
              aria-label={t('burst.view')}
              data={views.map((value) => ({ value, label: t(`burst.${value}`) }))}
              value={view}
              onChange={(value) => show(value as View)}
            />
          </Group>
        </Group>
        <BurstChart burst={burst} view={view} />
        <Text size="sm" c="dimmed">
          <When at={burst.ts} />
          {Object.entries(burst.values).map(([metric, value]) => (
            <span key={metric}>
              {' · '}
              {names.metric(kind, metric)}{' '}
              {names.value(kind, metric, value, names.kindOf(kind)?.metrics[metric]?.unit ?? '')}
            </span>
          ))}
        </Text>
        <Text size="sm" c="dimmed">
          {t(view === 'envelope' ? 'burst.envelopeHint' : 'burst.spectrumHint')}
        </Text>
      </Stack>
    </Card>
  )
}

function BurstChart({ burst, view }: { burst: BurstRow; view: View }) {
  const { t, lang } = useWords()
  const { stepHz, level } = burst[view]
  const option = useCallback(
    (paint: Parameters<Parameters<typeof EChart>[0]['option']>[0]) => {
      const top = stepHz * level.length
      const lines = marked[view].flatMap((name) => {
        const hz = burst.lines[name]
        if (!hz) return []
        return Array.from({ length: name === 'outer' || name === 'once' ? HARMONICS : 1 }, (_, i) => ({
          xAxis: (i + 1) * hz,
          name: i === 0 ? t(`burst.lines.${name}`) : `${i + 1}×`,
          // Neighbours stand on steps, so that their names do not cover each other.
          label: { distance: 3 + STEP * marked[view].indexOf(name) },
        })).filter(({ xAxis }) => xAxis < top)
      })
      return {
        grid: { left: 8, right: 24, top: 66, bottom: 24, containLabel: true },
        tooltip: {
          trigger: 'axis',
          ...tooltipOf(paint),
          valueFormatter: (value: number) => `${number(value, lang)} ${burst.unit}`,
        },
        xAxis: {
          type: 'value',
          min: 0,
          max: Math.ceil(top),
          name: 'Hz',
          nameLocation: 'middle',
          nameGap: 24,
          ...axisOf(paint),
        },
        yAxis: { type: 'value', name: burst.unit, ...axisOf(paint) },
        series: [
          {
            type: 'line',
            symbol: 'none',
            lineStyle: { width: 1, color: paint.inside },
            data: level.map((value, i) => [Math.round(10 * i * stepHz) / 10, value]),
            markLine: {
              symbol: 'none',
              silent: true,
              lineStyle: { color: paint.outside, type: 'dashed', width: 1 },
              label: { formatter: '{b}', color: paint.text, fontSize: 11 },
              data: lines,
            },
          },
        ],
      }
    },
    [burst, view, lang],
  )
  const outer = burst.lines.outer
  return (
    <EChart
      label={t('burst.label', {
        view: t(`burst.${view}`),
        outer: outer ? number(outer, lang) : t('common.notMeasured'),
      })}
      height={290}
      option={option}
    />
  )
}
