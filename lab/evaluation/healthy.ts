// `npm run evaluate -- healthy`: appliances that never break, with every nuisance, by kind and cadence; all that was said of
// them was wrong, and each of it is a line.
import { join } from 'node:path'
import { type GridOrders, runGrid } from './grid.ts'
import { type Cell, gridFigures } from './gridReport.ts'

/** One kind, heard so often. */
export interface HealthyCell {
  kind: string
  cell: Cell
}

/** @param say hears of each as it is done */
export async function runHealthy(
  orders: Omit<GridOrders, 'faultsPerYear' | 'families' | 'sensors' | 'steps'>,
  say: (one: HealthyCell) => void,
): Promise<HealthyCell[]> {
  const out: HealthyCell[] = []
  for (const kind of orders.kinds) {
    const asked = { ...orders, kinds: [kind], folder: join(orders.folder, 'healthy', kind) }
    const sound = { ...asked, faultsPerYear: 0, families: ['drawn' as const], sensors: ['all' as const], steps: [0] }
    await runGrid(sound, (cell) => {
      out.push({ kind, cell })
      say({ kind, cell })
    })
  }
  return out
}

const FIGURES = ['tickets / year', 'words / year', 'stuck / year']

/** A line a kind and cadence. */
export function healthyTable(all: readonly HealthyCell[]): string {
  const lines = all.map(({ kind, cell: { hearing, scored } }) => {
    const years = scored.reduce((sum, { healthyYears }) => sum + healthyYears, 0)
    const figures = FIGURES.map((name) => gridFigures[name]?.(scored).toFixed(2) ?? '–')
    return `| ${kind} | ${hearing.cadenceSeconds} s | ${scored.length} | ${years.toFixed(1)} | ${figures.join(' | ')} |`
  })
  return [
    `| kind | cadence | appliances | years | ${FIGURES.join(' | ')} |`,
    '|---|---|---|---|---|---|---|',
    ...lines,
  ].join('\n')
}

/** Every alarm, a line each, those that made tickets first. */
export const healthyCases = (all: readonly HealthyCell[]): string =>
  all
    .map(({ kind, cell: { hearing, cases } }) => {
      const lines = ['FALSE', 'INFO', 'STUCK'].flatMap((word) => cases.filter((one) => one.startsWith(word)))
      return `### ${kind}, ${hearing.cadenceSeconds} s\n\n${lines.length > 0 ? lines.map((one) => `- ${one}`).join('\n') : 'None.'}`
    })
    .join('\n\n')
