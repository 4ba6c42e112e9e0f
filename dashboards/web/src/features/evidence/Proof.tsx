import { Stack, Text } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { Alert, Ticket } from '../../api.ts'
import { useNames } from '../../components/names.ts'
import { useWords } from '../../words/index.ts'
import type { Mark } from './chartMarks.ts'
import { EvidenceChart } from './EvidenceChart.tsx'
import { EvidenceTable } from './EvidenceTable.tsx'

const DAY = 86_400_000

/** The proof of one finding, the same on every page: the strongest feature on its band, then the rows behind it. */
export function Proof({
  appliance,
  kind,
  evidence,
  at,
  until,
  marks,
  missing,
}: {
  appliance: string
  kind: string
  evidence: Readonly<Alert['evidence']>
  /** When it was first seen: the chart begins well before. */
  at: number
  until: number
  marks: Mark[]
  missing?: readonly string[]
}) {
  const { t } = useWords()
  const names = useNames()
  const [asked, ask] = useState<string>()
  const row = evidence.find(({ feature }) => feature === asked) ?? evidence[0]
  // By the hour, so that live data does not ask anew at each pulse.
  const from = Math.floor((Math.min(at, row?.from ?? at) - 10 * DAY) / 3_600_000) * 3_600_000
  const to = Math.ceil((until + DAY / 8) / 3_600_000) * 3_600_000
  const span = useMemo(() => ({ from, to }), [from, to])
  if (!row) return <Text c="dimmed">{t('evidence.none')}</Text>
  return (
    <Stack gap="sm">
      <Text fw={600} size="sm">
        {names.feature(kind, row.feature)}
      </Text>
      <EvidenceChart appliance={appliance} kind={kind} row={row} span={span} marks={marks} height={220} />
      <EvidenceTable kind={kind} evidence={evidence} missing={missing} chosen={row.feature} choose={ask} />
    </Stack>
  )
}

/** Moments of alerts and tickets that a chart names. */
export function useMarks() {
  const { t } = useWords()
  const names = useNames()
  return (alerts: readonly Alert[], tickets: readonly Ticket[]): Mark[] => [
    ...alerts.map(({ kind, failureMode, openedAt, firstSeenAt }) => ({
      at: openedAt ?? firstSeenAt,
      label: t('chart.alertMark', { mode: names.mode(kind, failureMode) }),
    })),
    ...tickets.map(({ createdAt, number }) => ({ at: createdAt, label: number })),
    ...tickets.flatMap(({ closure }) => (closure ? [{ at: closure.at, label: t('chart.closedMark') }] : [])),
    ...tickets.flatMap(({ state, history }) =>
      state === 'verified'
        ? history.filter(({ to }) => to === 'verified').map(({ at }) => ({ at, label: t('chart.verifiedMark') }))
        : [],
    ),
  ]
}
