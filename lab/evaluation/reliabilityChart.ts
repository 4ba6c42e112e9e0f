import type { ReliabilityPoint } from './reliability.ts'

const SIDE = 260
const LEFT = 46
const TOP = 34
const GAP = 80

/** An SVG of two squares: what was said against what came true; on the diagonal both agree. Readable in the light and in the dark. */
export function reliabilityChart(
  panels: { title: string; said: string; came: string; points: ReliabilityPoint[] }[],
): string {
  const squares = panels.map(({ title, said, came, points }, i) => {
    const left = LEFT + i * (SIDE + GAP)
    const x = (share: number): string => (left + SIDE * share).toFixed(1)
    const y = (share: number): string => (TOP + SIDE * (1 - share)).toFixed(1)
    const ticks = [0, 0.25, 0.5, 0.75, 1].map(
      (share) =>
        `<text x="${x(share)}" y="${TOP + SIDE + 14}" font-size="10" text-anchor="middle">${100 * share}</text>` +
        `<text x="${left - 6}" y="${Number(y(share)) + 3}" font-size="10" text-anchor="end">${100 * share}</text>`,
    )
    const most = Math.max(1, ...points.map(({ count }) => count))
    const line = points.map((point) => `${x(point.said)},${y(point.came)}`).join(' ')
    const dots = points.map(
      (point) =>
        `<circle cx="${x(point.said)}" cy="${y(point.came)}" r="${(2.5 + 4 * Math.sqrt(point.count / most)).toFixed(1)}" fill="#1971c2" fill-opacity="0.8"><title>${(100 * point.said).toFixed(0)} % said, ${(100 * point.came).toFixed(0)} % came, of ${point.count}</title></circle>`,
    )
    return [
      `<text x="${left}" y="18" font-size="13">${title}</text>`,
      `<rect x="${left}" y="${TOP}" width="${SIDE}" height="${SIDE}" fill="none" stroke="gray" stroke-opacity="0.5"/>`,
      `<line x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}" stroke="gray" stroke-dasharray="4 4"/>`,
      ...ticks,
      `<polyline points="${line}" fill="none" stroke="#1971c2" stroke-width="1.5"/>`,
      ...dots,
      `<text x="${left + SIDE / 2}" y="${TOP + SIDE + 32}" font-size="11" text-anchor="middle">${said}, %</text>`,
      `<text x="${left + 6}" y="${TOP + 16}" font-size="11">${came}, %</text>`,
    ].join('')
  })
  const width = LEFT + panels.length * (SIDE + GAP)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${TOP + SIDE + 44}" font-family="sans-serif" fill="gray"><title>What was said, and what came true</title>${squares.join('')}</svg>\n`
}
