/** Colours of charts by scheme; ink, not meaning. Series have theirs from `metricColor`. */
export const chartColors = (scheme: 'light' | 'dark') => {
  const dark = scheme === 'dark'
  return {
    text: dark ? '#c9c9c9' : '#495057',
    strong: dark ? '#f1f3f5' : '#212529',
    grid: dark ? '#2f3338' : '#eceff2',
    surface: dark ? '#242424' : '#ffffff',
    /** What is expected. */
    band: dark ? 'rgba(86, 180, 233, 0.22)' : 'rgba(0, 114, 178, 0.15)',
    bandEdge: dark ? 'rgba(86, 180, 233, 0.65)' : 'rgba(0, 114, 178, 0.5)',
    inside: dark ? '#56B4E9' : '#0072B2',
    /** Beyond it; drawn larger, too. */
    outside: dark ? '#ff9a5c' : '#D55E00',
    mark: dark ? '#f1f3f5' : '#343a40',
    cycle: dark ? '#7d868f' : '#868e96',
    font: '11px system-ui, "Noto Sans CJK SC", sans-serif',
  }
}
export type Paint = ReturnType<typeof chartColors>

/** A colour of six digits, made see-through. */
export const fade = (hex: string, share: number): string =>
  `${hex}${Math.round(share * 255)
    .toString(16)
    .padStart(2, '0')}`
