import { Text } from '@mantine/core'
import { useNames } from '../../components/names.ts'
import type { Span } from '../../components/Plot.tsx'
import { useWords } from '../../words/index.ts'
import { BandChart } from './BandChart.tsx'
import type { Mark } from './chartMarks.ts'
import { type EvidenceRow, proofChart } from './proofChart.ts'
import { SignalProof } from './SignalProof.tsx'

const DAY = 86_400_000
/** Around what happened within hours, a signal is drawn so far before and after. */
const BEFORE = 1.5 * DAY
const AFTER = 0.5 * DAY

/** One row of proof on the chart that shows it: cycles and days on their band, limits and stuck sensors on the raw signal. */
export function EvidenceChart({
  appliance,
  kind,
  row,
  span,
  marks,
  height,
  onSelect,
}: {
  appliance: string
  kind: string
  row: EvidenceRow
  /** Of a band; what a reading passed is drawn around itself, unless a stretch was chosen. */
  span: Span & { isChosen?: boolean }
  marks: Mark[]
  height?: number
  onSelect?: (span: Span) => void
}) {
  const { t } = useWords()
  const names = useNames()
  const known = names.kindOf(kind)
  const isMetric = known?.metrics[row.feature] !== undefined
  const chart = proofChart(row, known?.detection?.guards?.[row.feature], isMetric)
  if (chart.as === 'said') return <Text size="sm">{t('evidence.said')}</Text>
  const common = { appliance, kind, marks, height, onSelect }
  if (chart.as === 'band')
    return <BandChart {...common} feature={row.feature} unit={row.unit} span={span} fired={row} />
  const around = span.isChosen ? span : { from: row.from - BEFORE, to: row.to + AFTER }
  return <SignalProof {...common} row={row} chart={chart} span={around} />
}
