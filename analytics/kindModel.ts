import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { Problem } from '../core/index.ts'

const prior = z.object({
  /** Of the intercept, over appliances: where the typical one stands, and how far they spread. */
  mean: z.number(),
  spread: z.number().positive(),
  /** By covariate, per scaled unit of it. */
  slopes: z.record(z.string(), z.object({ mean: z.number(), spread: z.number().positive() })),
  /** Residual of one appliance's own rows. */
  sigma: z.number().positive(),
})

const pca = z.object({
  file: z.string(),
  sha256: z.string(),
  features: z.array(z.string()),
  components: z.number().int().positive(),
  /** 99 % of healthy rows lie below. */
  t2Limit: z.number().positive(),
  qLimit: z.number().positive(),
})

/** The sidecar of a kind's models: what training learned that is not a matrix. */
export const kindModelSchema = z.object({
  kind: z.string(),
  version: z.string(),
  seeds: z.array(z.number()),
  appliances: z.number(),
  days: z.number(),
  /** Covariates as they are scaled: (x − centre) / scale. */
  covariates: z.record(z.string(), z.object({ centre: z.number(), scale: z.number().positive() })),
  priors: z.record(z.string(), prior),
  /** Correlation of healthy standardized residuals, in the order of `features`. */
  features: z.array(z.string()),
  correlation: z.array(z.array(z.number())),
  /** By detector: the cumulative sum that a healthy appliance with nuisances passes at the target rate. */
  thresholds: z.record(z.string(), z.number().positive()),
  pca: z.record(z.string(), pca),
  /** Quantiles 0.1, 0.5, 0.9 of actual over predicted remaining life. */
  remainingLife: z.tuple([z.number(), z.number(), z.number()]),
  /** Healthy rows by standardized input (and distance from healthy), counted in the bins of `inputDrift.ts`. */
  inputs: z.record(z.string(), z.array(z.number().nonnegative())).optional(),
  /** What it reached on held-out fleets when it was promoted. */
  heldOut: z.unknown().optional(),
})
export type KindModel = z.infer<typeof kindModelSchema>

/**
 * The newest models of a kind; null where it was never trained: then priors are flat and thresholds are the textbook's.
 * @throws Problem `bad-model`: the file that cannot be used, and what to do
 */
export function loadKindModel(dir: string, kind: string): KindModel | null {
  const path = join(dir, `${kind}.json`)
  if (!existsSync(path)) return null
  const bad = (what: string): Problem =>
    new Problem({
      code: 'bad-model',
      message: `The model file ${kind}.json cannot be used: ${what}.`,
      remedy: 'Take it out of the models folder, or make it anew with `npm run train`.',
      concerns: path,
    })
  let json: unknown
  try {
    json = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw bad((error as Error).message)
  }
  const parsed = kindModelSchema.safeParse(json)
  if (!parsed.success) throw bad(`at ${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message}`)
  for (const one of Object.values(parsed.data.pca)) {
    const file = join(dir, one.file)
    if (!existsSync(file)) throw bad(`${one.file} is missing`)
    if (sha256(readFileSync(file)) !== one.sha256) throw bad(`${one.file} is not the file it was trained with`)
  }
  return parsed.data
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
