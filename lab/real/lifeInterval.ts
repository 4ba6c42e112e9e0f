/** Predictions this near each other, in cycles, share their quantiles. */
const BIN = 5

/**
 * How well an 80 % interval holds that is made of what engines of the other folds turned out to have left when they were
 * predicted alike (cross-conformal). Rows of one engine lean on each other, so engines are what counts.
 * @param predicted, life by engine and cycle, cycles left; predicted by models that never saw the engine
 * @returns share of cycles below the cap whose life lies within, and the mean width of the interval in cycles
 * Source: Barber et al., Predictive inference with the jackknife+ (2021).
 */
export function intervalOf(
  predicted: Float64Array[],
  life: Float64Array[],
  folds: number,
  cap: number,
): { holds: number; width: number } {
  let within = 0
  let width = 0
  let count = 0
  for (let fold = 0; fold < folds; fold++) {
    const bins: number[][] = Array.from({ length: Math.floor(cap / BIN) + 1 }, () => [])
    const mine = (i: number): boolean => i % folds === fold
    for (const [i, one] of predicted.entries())
      if (!mine(i)) for (const [t, p] of one.entries()) bins[Math.floor(p / BIN)]!.push(life[i]![t]!)
    const limits = bins.map((lives) => {
      lives.sort((a, b) => a - b)
      const at = (share: number): number => lives[Math.min(lives.length - 1, Math.floor(share * lives.length))]!
      // Where nobody was predicted alike nothing is known.
      return lives.length > 0 ? { low: at(0.1), high: at(0.9) } : { low: 0, high: cap }
    })
    for (const [i, one] of predicted.entries()) {
      if (!mine(i)) continue
      for (const [t, p] of one.entries()) {
        if (life[i]![t]! >= cap) continue
        const { low, high } = limits[Math.floor(p / BIN)]!
        if (life[i]![t]! >= low && life[i]![t]! <= high) within++
        width += high - low
        count++
      }
    }
  }
  return { holds: within / count, width: width / count }
}
