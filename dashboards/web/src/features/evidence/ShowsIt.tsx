import { Card, Group, Select, Stack, Title } from '@mantine/core'
import { useMemo, useState } from 'react'
import { type Alert, type ApplianceDetail, type Ticket, useCall } from '../../api.ts'
import { useNames } from '../../components/names.ts'
import type { Span } from '../../components/Plot.tsx'
import { useClock } from '../../live.ts'
import { useWords } from '../../words/index.ts'
import { SpanPicker } from '../appliance/signals/SpanPicker.tsx'
import { BandChart } from './BandChart.tsx'
import { EvidenceChart } from './EvidenceChart.tsx'
import { EvidenceTable } from './EvidenceTable.tsx'
import { useMarks } from './Proof.tsx'

const DAY = 86_400_000
const HOUR = 3_600_000

/** The chart that shows it: the strongest feature on its band, with alerts and tickets on the time axis. */
export function ShowsIt({
  appliance,
  alert,
  alerts,
  tickets,
}: {
  appliance: ApplianceDetail
  alert?: Alert
  alerts: readonly Alert[]
  tickets: readonly Ticket[]
}) {
  const { t } = useWords()
  const names = useNames()
  const marksOf = useMarks()
  const [asked, ask] = useState<string>()
  const { to, days, marked, mark, span, isAsked, reach } = useStretch(appliance)
  const evidence = alert?.evidence ?? tickets[0]?.evidence ?? []
  const { feature, features, known } = useFeature(appliance, evidence, { asked, to })
  if (!feature) return null
  const row = evidence.find((one) => one.feature === feature)
  const marks = marksOf(alerts, tickets)
  return (
    <Card withBorder padding="md">
      <Stack gap="sm">
        <Group justify="space-between" gap="sm">
          <Title order={2}>{t('appliance.showsIt')}</Title>
          <Group gap="sm">
            <Select
              size="xs"
              w={240}
              aria-label={t('evidence.feature')}
              data={features.map((value) => ({ value, label: names.feature(appliance.kind, value) }))}
              value={feature}
              onChange={(value) => ask(value ?? undefined)}
              allowDeselect={false}
              searchable
            />
            <SpanPicker
              hours={marked ? undefined : days * 24}
              choices={[24 * 7, 24 * 30, 24 * 90, 24 * 365]}
              choose={reach}
            />
          </Group>
        </Group>
        {row ? (
          <EvidenceChart
            appliance={appliance.id}
            kind={appliance.kind}
            row={row}
            span={{ ...span, isChosen: marked !== undefined || isAsked }}
            marks={marks}
            onSelect={mark}
          />
        ) : (
          <BandChart
            appliance={appliance.id}
            kind={appliance.kind}
            feature={feature}
            unit={known[feature]?.unit ?? ''}
            span={span}
            marks={marks}
            onSelect={mark}
          />
        )}
        {evidence.length > 0 && (
          <EvidenceTable
            kind={appliance.kind}
            evidence={evidence}
            missing={appliance.missing}
            chosen={feature}
            choose={ask}
          />
        )}
      </Stack>
    </Card>
  )
}

/** The feature to be drawn: what was asked for, else the strongest of what was found, else one that was observed lately. */
function useFeature(
  appliance: ApplianceDetail,
  evidence: Readonly<Alert['evidence']>,
  { asked, to }: { asked: string | undefined; to: number },
) {
  const names = useNames()
  const known = names.kindOf(appliance.kind)?.detection?.features ?? {}
  const features = [...new Set([...evidence.map(({ feature }) => feature), ...Object.keys(known)])]
  // Without a finding, the first one that was observed at all lately: an air conditioner at rest has few.
  const { data: lately } = useCall(
    'GET /api/appliances/:id/features',
    evidence.length === 0 && !asked ? { id: appliance.id, from: to - 3 * DAY, to } : null,
  )
  const observed = new Set(lately?.items.map((row) => row.feature))
  const feature = asked ?? evidence[0]?.feature ?? features.find((name) => observed.has(name)) ?? features[0]
  return { feature, features, known }
}

/** The stretch that is looked at: so many days back, or what was marked with the mouse. */
function useStretch(appliance: ApplianceDetail) {
  const [days, setDays] = useState(30)
  const [marked, mark] = useState<Span>()
  /** Somebody chose how far back: what a reading passed is then drawn in that stretch, not around itself. */
  const [isAsked, askSpan] = useState(false)
  const to = useClock(({ now }) => Math.ceil(Math.max(now, appliance.lastReading?.ts ?? 0) / HOUR) * HOUR)
  // Not further back than it was heard.
  const from = Math.max(to - days * DAY, Math.min(to - DAY, (appliance.firstHeardAt ?? 0) - HOUR))
  const span = useMemo(() => marked ?? { from, to }, [marked, from, to])
  const reach = (hours: number) => {
    mark(undefined)
    askSpan(true)
    setDays(hours / 24)
  }
  return { to, days, marked, mark, span, isAsked, reach }
}
