import { Text, UnstyledButton } from '@mantine/core'
import { number } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { type Cell, Rows } from '../../components/Rows.tsx'
import { useWords } from '../../words/index.ts'
import type { TrendRow } from './HeatMap.tsx'

/** Each failure mode in each group, ranked by the lower bound: what is surely too much comes first. */
export function RateTable({
  rows,
  groupName,
  open,
}: {
  rows: readonly TrendRow[]
  groupName: string
  open: (row: TrendRow) => void
}) {
  const { t, lang } = useWords()
  const names = useNames()
  const end = Math.max(1, ...rows.map(({ interval }) => interval?.[1] ?? 0))
  const cells: Cell<TrendRow>[] = [
    { key: 'group', label: groupName, render: ({ group }) => group.join(' · ') },
    {
      key: 'failureMode',
      label: t('common.failureMode'),
      render: (row) => (
        <UnstyledButton fz="sm" td="underline" onClick={() => open(row)}>
          {names.anyMode(row.failureMode)}
        </UnstyledButton>
      ),
    },
    { key: 'confirmed', label: t('trends.confirmed'), isNumber: true, render: ({ confirmed }) => confirmed },
    { key: 'open', label: t('trends.open'), isNumber: true, render: (row) => row.open },
    {
      key: 'years',
      label: t('trends.years'),
      isNumber: true,
      render: ({ applianceYears }) => number(applianceYears, lang, 1),
    },
    { key: 'rate', label: t('trends.rate'), width: 240, render: (row) => <Rate row={row} end={end} /> },
  ]
  return (
    <Rows
      cells={cells}
      rows={rows}
      keyOf={({ group, failureMode }) => `${group.join('/')}/${failureMode}`}
      minWidth={560}
    />
  )
}

/** How often, and how surely: a notch in its interval. */
function Rate({ row: { rate, interval }, end }: { row: TrendRow; end: number }) {
  const { t, lang } = useWords()
  if (rate === null || !interval)
    return (
      <Text size="xs" c="dimmed" className="too-few">
        {t('trends.tooFew')}
      </Text>
    )
  const [low, high] = interval
  return (
    <>
      <div className="life" aria-hidden>
        <div className="life-bar" style={{ left: `${(100 * low) / end}%`, right: `${100 - (100 * high) / end}%` }} />
        <div className="life-notch" style={{ left: `${(100 * rate) / end}%` }} />
      </div>
      <Text size="xs">
        {number(rate, lang, 1)} ({number(low, lang, 1)} – {number(high, lang, 1)})
      </Text>
    </>
  )
}
