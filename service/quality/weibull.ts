/** How long something lasts: a share of exp(−(t/scale)^shape) is still alive at age t. */
export interface WeibullFit {
  /** Below 1 it dies young, about 1 at any age, above 1 of age; with a 95 % interval. */
  shape: number
  shapeInterval: [number, number]
  /** Age by which 63 % have failed, in the unit of the ages. */
  scale: number
  scaleInterval: [number, number]
  /** Age by which 10 % have failed. */
  b10: number
  failures: number
  survivors: number
}

/** Fewer failures than this say nothing of a shape. */
const FEWEST_FAILURES = 4
const Z = 1.96

/**
 * Maximum likelihood with survivors (right-censored ages). The shape solves Σtᵏ ln t / Σtᵏ − 1/k = mean of ln t of the
 * failures, which rises in k, by bisection. Intervals are asymptotic: se(ln k) = 0.78/√r, se(ln scale) = 1.05/(k√r).
 * Source: Cohen (1965); Bain, Statistical Analysis of Reliability and Life-Testing Models (1978).
 * @param failed ages at failure, > 0 @param alive ages reached without failing, > 0
 * @returns null while there are too few failures, or all at one age
 */
export function fitWeibull(failed: number[], alive: number[]): WeibullFit | null {
  const r = failed.length
  if (r < FEWEST_FAILURES) return null
  const all = [...failed, ...alive]
  const longest = Math.max(...all)
  if (!(longest > 0) || failed.every((age) => age === failed[0])) return null
  // Ages as shares of the longest keep powers within range.
  const shares = all.map((age) => age / longest)
  const meanLog = failed.reduce((sum, age) => sum + Math.log(age / longest), 0) / r
  const excess = (k: number): number => {
    let above = 0
    let below = 0
    for (const share of shares) {
      const power = share ** k
      above += power * Math.log(share)
      below += power
    }
    return above / below - 1 / k - meanLog
  }
  let low = 0.05
  let high = 50
  if (excess(low) > 0 || excess(high) < 0) return null
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2
    if (excess(middle) < 0) low = middle
    else high = middle
  }
  const shape = (low + high) / 2
  const scale = longest * (shares.reduce((sum, share) => sum + share ** shape, 0) / r) ** (1 / shape)
  const around = (value: number, error: number): [number, number] => [
    value * Math.exp(-Z * error),
    value * Math.exp(Z * error),
  ]
  return {
    shape,
    shapeInterval: around(shape, 0.78 / Math.sqrt(r)),
    scale,
    scaleInterval: around(scale, 1.05 / (shape * Math.sqrt(r))),
    b10: scale * (-Math.log(0.9)) ** (1 / shape),
    failures: r,
    survivors: alive.length,
  }
}
