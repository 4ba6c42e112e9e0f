import { Stack, Text, UnstyledButton } from '@mantine/core'
import { number } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { useWords } from '../../words/index.ts'
import type { TrendRow } from './HeatMap.tsx'

/** Failure modes by how often they were confirmed; those still open stand beside, hatched. Bars are elements: they are there with the page, and reached by keys. */
export function Pareto({ rows, choose }: { rows: readonly TrendRow[]; choose: (mode: string) => void }) {
  const { t, lang } = useWords()
  const names = useNames()
  const modes = [...Map.groupBy(rows, ({ failureMode }) => failureMode)]
    .map(([mode, ofMode]) => ({
      mode,
      confirmed: ofMode.reduce((sum, { confirmed }) => sum + confirmed, 0),
      open: ofMode.reduce((sum, { open }) => sum + open, 0),
    }))
    .sort((a, b) => b.confirmed - a.confirmed || b.open - a.open)
  const most = Math.max(1, ...modes.map(({ confirmed, open }) => confirmed + open))
  return (
    <Stack gap={2}>
      {modes.map(({ mode, confirmed, open }) => (
        <UnstyledButton key={mode} className="pareto-row" onClick={() => choose(mode)}>
          <Text span size="sm" truncate title={names.anyMode(mode)}>
            {names.anyMode(mode)}
          </Text>
          <span className="pareto-bar" aria-hidden>
            <span style={{ width: `${(confirmed / most) * 100}%` }} />
            <span data-open style={{ width: `${(open / most) * 100}%` }} />
          </span>
          <Text span size="sm" ta="right">
            {t('trends.paretoCounts', { confirmed: number(confirmed, lang), open: number(open, lang) })}
          </Text>
        </UnstyledButton>
      ))}
    </Stack>
  )
}
