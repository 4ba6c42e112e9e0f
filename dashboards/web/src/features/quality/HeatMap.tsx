import { Link } from '@tanstack/react-router'
import type { CSSProperties } from 'react'
import type { Answer } from '../../api.ts'
import { number } from '../../components/format.tsx'
import { useWords } from '../../words/index.ts'

export type TrendRow = Answer<'GET /api/trends'>['items'][number]

interface Cell {
  count: number
  /** Confirmed ones per 100 appliance-years; null where too little was watched to say. */
  rate: number | null
}

/** Model by month, as a table that is there with the page: each cell says how many faults, is as dark as they are frequent, and leads to their tickets. */
export function HeatMap({ rows }: { rows: readonly TrendRow[] }) {
  const { t } = useWords()
  const cells = new Map([...Map.groupBy(rows, ({ group }) => group.join('\n'))].map(([key, of]) => [key, cellOf(of)]))
  const models = [...new Set(rows.map(({ group }) => group[0] ?? ''))].sort()
  const months = [...new Set(rows.map(({ group }) => group[1] ?? ''))].sort()
  const highest = Math.max(1, ...[...cells.values()].map(({ rate }) => rate ?? 0))
  return (
    <div className="heat">
      <table aria-label={t('trends.heatLabel', { models: models.length, months: months.length })}>
        <thead>
          <tr>
            <td />
            {months.map((month) => (
              <th key={month} scope="col">
                {month}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {models.map((model) => (
            <tr key={model}>
              <th scope="row">{model}</th>
              {months.map((month) => (
                <td key={month}>
                  <HeatCell model={model} month={month} cell={cells.get(`${model}\n${month}`)} highest={highest} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function HeatCell({
  model,
  month,
  cell,
  highest,
}: {
  model: string
  month: string
  cell: Cell | undefined
  highest: number
}) {
  const { t, lang } = useWords()
  if (!cell) return null
  const { count, rate } = cell
  const tooFew = rate === null || undefined
  const said = rate === null ? t('trends.tooFew') : t('trends.rateOf', { rate: number(rate, lang) })
  const shade: CSSProperties & { '--share'?: number } = rate === null ? {} : { '--share': rate / highest }
  const title = `${model}, ${month}: ${t('trends.faults', { count })}, ${said}`
  // Watched, and nothing failed: there is nothing behind it.
  if (count === 0)
    return (
      <span className="heat-cell" data-too-few={tooFew} style={shade} title={title}>
        0
      </span>
    )
  return (
    <Link
      className="heat-cell"
      to="."
      search={(before: object) => ({ ...before, model, month }) as never}
      replace
      resetScroll={false}
      data-too-few={tooFew}
      style={shade}
      title={title}
    >
      {number(count, lang)}
    </Link>
  )
}

function cellOf(rows: readonly TrendRow[]): Cell {
  return {
    count: rows.reduce((sum, { confirmed, open }) => sum + confirmed + open, 0),
    rate: rows.some(({ rate }) => rate === null) ? null : rows.reduce((sum, { rate }) => sum + (rate ?? 0), 0),
  }
}
