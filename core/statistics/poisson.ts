/**
 * P(X ≥ n) for a Poisson mean. The smaller side is summed, so that a small chance keeps its digits.
 * O(n), or O(n + √mean) terms of the tail.
 */
export function poissonTail(n: number, mean: number): number {
  if (n <= 0) return 1
  if (mean <= 0) return 0
  let logTerm = -mean
  for (let i = 1; i <= n; i++) logTerm += Math.log(mean / i)
  if (n <= mean) {
    let below = 0
    let term = Math.exp(-mean)
    for (let i = 0; i < n; i++) {
      below += term
      term *= mean / (i + 1)
    }
    return Math.max(0, 1 - below)
  }
  let above = 0
  let term = Math.exp(logTerm)
  for (let i = n; term > above * 1e-17; i++) {
    above += term
    term *= mean / (i + 1)
  }
  return Math.min(1, above)
}
