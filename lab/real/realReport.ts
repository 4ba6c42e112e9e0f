/** One figure of one data set, beside what was aimed at and what reads no data at all. */
export interface RealFigure {
  figure: string
  measured: string
  /** The data-blind baseline at the same number of alerts, or of the same kind of guess; `–` where none makes sense. */
  blind: string
  firstAim: string
  goal: string
}

/** What one data set says of the product. */
export interface RealResult {
  name: string
  figures: RealFigure[]
  /** How it was measured, what the adapter does, what falls short: paragraphs, tables. */
  about: string[]
}

/** The file docs/prediction-real.md, and what `npm run evaluate -- real` prints. @param date ISO day of the run */
export function realReport(results: RealResult[], date: string): string {
  const rows = results.flatMap(({ name, figures }) =>
    figures.map(
      (one) => `| ${name} | ${one.figure} | ${one.measured} | ${one.blind} | ${one.firstAim} | ${one.goal} |`,
    ),
  )
  return [
    '# Prediction on recorded data, measured',
    '',
    '**The scores on NAB and C-MAPSS are of code that the product does not run** (`lab/real/`: novelty of a stream, boosted trees, kernel regression), that on SKAB of its PCA with alarms that are the laboratory’s; tracebase and IMS go through the whole analysis as shipped, with an adapter from columns to readings, and CWRU through its features of bursts.',
    '',
    `\`npm run evaluate -- real --save\`, ${date}; seeds are fixed. The data are public recordings that are not part of this project. No threshold is chosen on what it is scored on; where the shape of a detector was chosen while looking at its set, that is said.`,
    '',
    '| data | figure | measured | data-blind | first aim | goal |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
    ...results.flatMap(({ name, about }) => [`## ${name}`, '', ...about.flatMap((part) => [part, ''])]),
  ].join('\n')
}

/** A table of the report. */
export function markdownTable(head: string[], rows: string[][]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
