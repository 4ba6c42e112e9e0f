import type { Policy } from '../policy/policySchema.ts'

/**
 * Star level, 1 to 5: (prior × weight + sum of stars) ÷ (weight + number of ratings), of the last days that the policy
 * names. A few ratings move it little, many move it wholly: three good ones do not outshine a hundred. Pure.
 * Source: Bayesian average, as an estimate with a Dirichlet prior of `weight` ratings at `prior`.
 */
export const starLevel = ({ sum, count }: { sum: number; count: number }, { prior, weight }: Policy['stars']): number =>
  Math.round(((prior * weight + sum) / (weight + count)) * 100) / 100
