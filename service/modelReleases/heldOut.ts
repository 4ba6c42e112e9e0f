import { z } from 'zod'

const weighed = z.object({
  recall: z.number().nullable(),
  falsePerYear: z.number().nullable(),
  diagnosis: z.number().nullable(),
  leadShareMedian: z.number().nullable(),
})

/** What a model is weighed by on fleets that neither has seen, pooled over the seeds of one family of appliances. */
export interface HeldOutFigures {
  recall: number
  falsePerYear: number
  diagnosis: number
  leadShareMedian: number
}

/** So much worse is within what a few seeds can tell; better in one thing does not pay for worse in another. */
const SLACK = { recall: 0.02, falsePerYear: 0.05, diagnosis: 0.03, leadShareMedian: 0.05 }

/** In what a candidate is worse than what stands; empty: it may take its place. */
export function worseIn(standing: HeldOutFigures, candidate: HeldOutFigures): (keyof HeldOutFigures)[] {
  const names = Object.keys(SLACK) as (keyof HeldOutFigures)[]
  return names.filter((name) => {
    // What cannot be told of the candidate, and can of what stands, is worse.
    if (Number.isNaN(candidate[name])) return !Number.isNaN(standing[name])
    const worse = name === 'falsePerYear' ? candidate[name] - standing[name] : standing[name] - candidate[name]
    return worse > SLACK[name]
  })
}

/** What a sidecar notes of held-out fleets, by family; empty where it was never weighed. JSON has no NaN: it is null there. */
export function heldOutOf(noted: unknown): Map<string, HeldOutFigures> {
  const families = new Map<string, HeldOutFigures>()
  if (typeof noted !== 'object' || noted === null) return families
  for (const [family, figures] of Object.entries(noted)) {
    const parsed = weighed.safeParse(figures)
    if (!parsed.success) continue
    const { recall, falsePerYear, diagnosis, leadShareMedian } = parsed.data
    families.set(family, {
      recall: recall ?? NaN,
      falsePerYear: falsePerYear ?? NaN,
      diagnosis: diagnosis ?? NaN,
      leadShareMedian: leadShareMedian ?? NaN,
    })
  }
  return families
}
