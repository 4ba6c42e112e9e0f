/** One figure, as it is measured and as it is simulated. */
export interface Strip {
  name: string
  real: number[]
  simulated: number[]
}

const WIDTH = 640
const LABEL = 150
const ROW = 62

/**
 * An SVG of strips: above recorded values, below simulated ones, each a dot, on one axis from the least to the most of
 * both. Readable in the light and in the dark.
 */
export function stripChart(strips: Strip[]): string {
  const rows = strips.map(({ name, real, simulated }, i) => {
    const all = [...real, ...simulated]
    const [low, high] = [Math.min(...all), Math.max(...all)]
    const x = (value: number): string => (LABEL + ((WIDTH - LABEL - 20) * (value - low)) / (high - low || 1)).toFixed(1)
    const y = i * ROW
    const dots = (values: number[], at: number, colour: string): string =>
      values
        .map(
          (value, k) =>
            `<circle cx="${x(value)}" cy="${at + (k % 5) * 2.4}" r="2" fill="${colour}" fill-opacity="0.45"/>`,
        )
        .join('')
    const show = (value: number): string => value.toPrecision(3)
    return [
      `<text x="4" y="${y + 28}" font-size="12">${name}</text>`,
      dots(real, y + 12, '#d9480f'),
      dots(simulated, y + 30, '#1971c2'),
      `<text x="${LABEL}" y="${y + 54}" font-size="10" opacity="0.7">${show(low)}</text>`,
      `<text x="${WIDTH - 20}" y="${y + 54}" font-size="10" opacity="0.7" text-anchor="end">${show(high)}</text>`,
    ].join('')
  })
  const height = strips.length * ROW + 24
  const legend = `<text x="4" y="${height - 8}" font-size="11"><tspan fill="#d9480f">● recorded</tspan>  <tspan fill="#1971c2">● simulated</tspan></text>`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" fill="gray"><title>Recorded and simulated values, by figure</title>${rows.join('')}${legend}</svg>\n`
}
