/** Two sides of a standard normal that hold 95 %. */
const Z95 = 1.96

/**
 * Net promoter score, −100 to 100: per cent of 9 and 10 less per cent of 0 to 6, with its 95 % interval. Pure.
 * @returns null while nobody has answered. Source: Reichheld (2003); the interval by the variance of −1, 0 and 1.
 */
export function npsOf(scores: readonly number[]): { nps: number; interval: [number, number]; of: number } | null {
  const of = scores.length
  if (of === 0) return null
  const promoters = scores.filter((score) => score >= 9).length / of
  const detractors = scores.filter((score) => score <= 6).length / of
  const share = promoters - detractors
  const half = Z95 * Math.sqrt((promoters + detractors - share ** 2) / of)
  const percent = (value: number): number => Math.round(1_000 * Math.max(-1, Math.min(1, value))) / 10
  return { nps: percent(share), interval: [percent(share - half), percent(share + half)], of }
}
