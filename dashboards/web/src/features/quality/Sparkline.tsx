const WIDTH = 160
const HEIGHT = 32

/** A figure over the months, with its aim as a dashed line; a month without a value is a gap. */
export function Sparkline({
  label,
  values,
  aim,
}: {
  label: string
  values: (number | null)[]
  aim?: number | undefined
}) {
  const known = [...values.filter((value) => value !== null), ...(aim === undefined ? [] : [aim])]
  if (values.every((value) => value === null)) return null
  const low = Math.min(0, ...known)
  const high = Math.max(...known, low + 1e-9)
  const x = (i: number): number => 4 + (i * (WIDTH - 8)) / Math.max(1, values.length - 1)
  const y = (value: number): number => HEIGHT - 4 - ((value - low) * (HEIGHT - 8)) / (high - low)
  const runs: string[] = []
  let pen = 'M'
  for (const [i, value] of values.entries()) {
    if (value === null) pen = 'M'
    else {
      runs.push(`${pen}${x(i)} ${y(value)}`)
      pen = 'L'
    }
  }
  return (
    <svg width={WIDTH} height={HEIGHT} role="img" aria-label={label}>
      {aim !== undefined && (
        <line x1={0} x2={WIDTH} y1={y(aim)} y2={y(aim)} stroke="currentColor" opacity={0.35} strokeDasharray="3 3" />
      )}
      <path d={runs.join(' ')} fill="none" stroke="var(--mantine-primary-color-filled)" strokeWidth={2} />
      {values.map((value, i) =>
        value === null ? null : (
          // A month keeps its place
          <circle key={i} cx={x(i)} cy={y(value)} r={2.5} fill="var(--mantine-primary-color-filled)" />
        ),
      )}
    </svg>
  )
}
