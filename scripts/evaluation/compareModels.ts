import type { Figures } from './scoreDetections.ts'

/** What a model is weighed by, pooled over the seeds of one family of appliances. */
export type Weighed = Pick<Figures, 'recall' | 'falsePerYear' | 'diagnosis' | 'leadShareMedian'>

/** So much worse is within what a few seeds can tell; better in one thing does not pay for worse in another. */
const SLACK = { recall: 0.02, falsePerYear: 0.05, diagnosis: 0.03, leadShareMedian: 0.05 }

/** In what a candidate is worse than what stands; empty: it may take its place. */
export function worseIn(standing: Weighed, candidate: Weighed): (keyof Weighed)[] {
  const names = Object.keys(SLACK) as (keyof Weighed)[]
  return names.filter((name) => {
    // What cannot be told of the candidate, and can of what stands, is worse.
    if (Number.isNaN(candidate[name])) return !Number.isNaN(standing[name])
    const worse = name === 'falsePerYear' ? candidate[name] - standing[name] : standing[name] - candidate[name]
    return worse > SLACK[name]
  })
}
