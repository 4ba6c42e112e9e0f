import type { PageFigures } from './measurePage.ts'

export interface Measured {
  /** Who opens it, and which page it is. */
  who: string
  page: string
  /** Most bytes that it may weigh. */
  limit: number
  /** File name of its picture, beside the page. */
  picture: string
  /** Of several runs, the median of each figure. */
  figures: PageFigures
}

const limits = { largestPaintMs: 1_800, shift: 0.02, blockingMs: 200, slowestCallMs: 100 }
/** Bold where it passes its limit. */
const held = (value: number, limit: number, digits = 0): string => {
  const text = value.toFixed(digits)
  return value > limit ? `**${text}**` : text
}

/** Each figure’s median; findings of any run count. */
export function mediansOf(runs: readonly PageFigures[]): PageFigures {
  const median = (of: (figures: PageFigures) => number): number =>
    runs.map(of).sort((a, b) => a - b)[runs.length >> 1] ?? Number.NaN
  return {
    bytes: median(({ bytes }) => bytes),
    largestPaintMs: median(({ largestPaintMs }) => largestPaintMs),
    shift: median(({ shift }) => shift),
    blockingMs: median(({ blockingMs }) => blockingMs),
    slowestCallMs: median(({ slowestCallMs }) => slowestCallMs),
    serious: [...new Set(runs.flatMap(({ serious }) => serious))],
    sideways: Math.max(...runs.map(({ sideways }) => sideways)),
  }
}

/** How many processes wanted a processor meanwhile, and how many there are: above that, times say more of the rest. */
export interface Load {
  least: number
  most: number
  processors: number
}

/** `docs/pages.md`. Pure. */
export function describePages(
  measured: readonly Measured[],
  { appliances, runs, load }: { appliances: number; runs: number; load: Load },
): string {
  const rows = measured.map(
    ({ who, page, limit, figures: of }) =>
      `| ${who} | \`${page}\` | ${held(of.bytes / 1_024, limit / 1_024)} of ${limit / 1_024} | ${held(of.largestPaintMs, limits.largestPaintMs)} | ${held(of.shift, limits.shift, 3)} | ${held(of.blockingMs, limits.blockingMs)} | ${held(of.slowestCallMs, limits.slowestCallMs)} | ${held(of.serious.length, 0)} | ${held(of.sideways, 0)} |`,
  )
  const findings = measured.flatMap(({ who, page, figures }) =>
    figures.serious.map((one) => `- ${who}, \`${page}\`: ${one.replaceAll('|', '\\|')}`),
  )
  return `# What each page weighs

Written by \`npm run pages\`: Chromium, nothing kept of a page before, medians of ${runs} on a simulated world of ${appliances} appliances on this machine, which had a load of ${load.least.toFixed(0)} to ${load.most.toFixed(0)} on ${load.processors} processors meanwhile (times, of paints and of calls, grow with it; bytes and shift do not). Bytes are all that has come over the wire 1.5 s after the heading stood, with headers and the answers of the server. Largest paint, shift and blocking are those of a processor ${4} times slower, on a phone. axe looks in both looks and both languages at 360 px. What passes its limit is bold: ${limits.largestPaintMs} ms, ${limits.shift}, ${limits.blockingMs} ms, ${limits.slowestCallMs} ms for the slowest call, no serious finding, no pixel sideways.

| Who | First page | KB | Largest paint, ms | Shift | Blocking, ms | Slowest call, ms | axe | Sideways, px |
|---|---|---|---|---|---|---|---|---|
${rows.join('\n')}
${findings.length > 0 ? `\n## Findings of axe\n\n${findings.join('\n')}\n` : ''}
Not measured here: calls behind the pages with 10,000 appliances while readings come (\`npm run bench\` has the store's), a year's chart, 500 viewers at once.

${measured.map(({ who, page, picture }) => `![${who}: ${page}](pages/${picture})`).join('\n')}
`
}
