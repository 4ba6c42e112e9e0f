/** One line of the table: what was asked of the product under a fault, and what it did. */
export interface Finding {
  fault: string
  figure: string
  goal: string
  measured: string
  isGood: boolean
}

/** A fault is told by the version of the protocol where that is not 3.1.1. */
export const asVersion = (version: 4 | 5 | undefined): string => (version === 5 ? ' in version 5' : '')

export const verdict = ({ isGood }: Finding): string => (isGood ? 'pass' : 'falls short')

/** A count that has to be exactly this. */
export const exactly = (fault: string, figure: string, goal: number, measured: number): Finding => ({
  fault,
  figure,
  goal: goal.toLocaleString('en'),
  measured: measured.toLocaleString('en'),
  isGood: goal === measured,
})

/** A figure with a ceiling. */
export const atMost = (fault: string, figure: string, goal: number, measured: number, unit: string): Finding => ({
  fault,
  figure,
  goal: `≤ ${goal.toLocaleString('en')} ${unit}`,
  measured: `${measured.toLocaleString('en', { maximumFractionDigits: 1 })} ${unit}`,
  isGood: measured <= goal,
})

/** A count that has to lie between two others, both included. */
export const between = (fault: string, figure: string, low: number, high: number, measured: number): Finding => ({
  fault,
  figure,
  goal: low === high ? low.toLocaleString('en') : `${low.toLocaleString('en')} to ${high.toLocaleString('en')}`,
  measured: measured.toLocaleString('en'),
  isGood: measured >= low && measured <= high,
})

/** The middle one and the last of some measurements. */
export function medianAndWorst(values: number[]): { median: number; worst: number } {
  const sorted = [...values].sort((a, b) => a - b)
  return { median: sorted[sorted.length >> 1] ?? Number.NaN, worst: sorted.at(-1) ?? Number.NaN }
}

export function asMarkdown(findings: Finding[]): string {
  const rows = findings.map((one) => [one.fault, one.figure, one.goal, one.measured, verdict(one)])
  return [['fault', 'figure', 'goal', 'measured', 'verdict'], ['---', '---', '---', '---', '---'], ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')
}
