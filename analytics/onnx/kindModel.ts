import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { jsonFault, nameSchema, Problem, recordOf } from '../../core/index.ts'

/** Ours have about 25 KB. */
const MOST_SIDECAR_BYTES = 4 << 20
const MOST_MODEL_BYTES = 8 << 20
const MOST_NAMES = 256

/** Beside its sidecar, never elsewhere. */
const file = z.string().regex(/^[A-Za-z0-9][\w.-]{0,99}\.onnx$/, 'must be the name of an .onnx file beside it')
const hash = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hexadecimal')
const names = z
  .array(nameSchema)
  .max(MOST_NAMES)
  .refine((all) => new Set(all).size === all.length, 'names one twice')
const numbers = z.array(z.number()).max(MOST_NAMES)

const prior = z.object({
  /** Of the intercept, over appliances: where the typical one stands, and how far they spread. */
  mean: z.number(),
  spread: z.number().positive(),
  /** By covariate, per scaled unit of it. */
  slopes: recordOf(z.string(), z.object({ mean: z.number(), spread: z.number().positive() })),
  /** Residual of one appliance's own rows. */
  sigma: z.number().positive(),
})

const pca = z.object({
  file,
  sha256: hash,
  features: names,
  components: z.number().int().positive(),
  /** 99 % of healthy rows lie below. */
  t2Limit: z.number().positive(),
  qLimit: z.number().positive(),
})

/** How well a model did on appliances that it was not trained with (folds by seed), at the moment an alert opens. */
const heldOutFold = recordOf(z.string(), z.number())

const diagnosis = z.object({
  file,
  sha256: hash,
  features: names,
  modes: names,
  seeds: numbers,
  appliances: z.number(),
  heldOut: heldOutFold,
})

const life = z.object({
  file,
  sha256: hash,
  inputs: names,
  /** The longest that any course lasted in training, to its end or not: beyond it nothing is known. */
  longestHours: z.number().positive(),
  seeds: numbers,
  appliances: z.number(),
  heldOut: heldOutFold,
})

/** The sidecar of a kind's models: what training learned that is not a matrix. */
export const kindModelSchema = z.object({
  kind: nameSchema,
  version: nameSchema,
  seeds: numbers,
  appliances: z.number(),
  days: z.number(),
  /** Covariates as they are scaled: (x − centre) / scale. */
  covariates: recordOf(z.string(), z.object({ centre: z.number(), scale: z.number().positive() })),
  priors: recordOf(z.string(), prior),
  /** Correlation of healthy standardized residuals, in the order of `features`. */
  features: names,
  correlation: z.array(numbers).max(MOST_NAMES),
  /** By detector: the cumulative sum that a healthy appliance with nuisances passes at the target rate. */
  thresholds: recordOf(z.string(), z.number().positive()),
  pca: recordOf(z.string(), pca),
  /** Absent where it was never trained: then the catalog's signatures diagnose. */
  diagnosis: diagnosis.optional(),
  /** Absent where it was never trained: then the course is extrapolated. */
  life: life.optional(),
  /** Healthy rows by standardized input (and distance from healthy), counted in the bins of `inputDrift.ts`. */
  inputs: recordOf(z.string(), z.array(z.number().nonnegative())).optional(),
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
      concerns: `${kind}.json`,
      status: 422,
    })
  let json: unknown
  try {
    json = JSON.parse(readSmall(path, MOST_SIDECAR_BYTES).toString('utf8'))
  } catch (error) {
    throw bad((error as Error).message)
  }
  const fault = jsonFault(json)
  if (fault) throw bad(`it ${fault}`)
  const parsed = kindModelSchema.safeParse(json)
  if (!parsed.success) throw bad(`at ${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message}`)
  const wrong = partsFault(parsed.data, kind)
  if (wrong) throw bad(wrong)
  for (const one of filesOf(parsed.data)) {
    const file = join(dir, one.file)
    if (!existsSync(file)) throw bad(`${one.file} is missing`)
    let bytes: Buffer
    try {
      bytes = readSmall(file, MOST_MODEL_BYTES)
    } catch (error) {
      throw bad(`${one.file}: ${(error as Error).message}`)
    }
    if (sha256(bytes) !== one.sha256) throw bad(`${one.file} is not the file it was trained with`)
  }
  return parsed.data
}

/** @throws for what is larger, before it is read */
export function readSmall(path: string, mostBytes: number): Buffer {
  const { size } = statSync(path)
  if (size > mostBytes) throw new Error(`it has ${size} bytes, ${mostBytes} are allowed`)
  return readFileSync(path)
}

/** What of a sidecar does not go together, in words. */
function partsFault(model: KindModel, kind: string): string | undefined {
  const { features, correlation, pca } = model
  if (model.kind !== kind) return `it is of the kind ${model.kind}`
  if (correlation.length !== features.length || correlation.some((row) => row.length !== features.length))
    return 'its correlation is not of its features with each other'
  for (const [scale, { features, components }] of Object.entries(pca))
    if (components > features.length) return `at pca.${scale}: more components than features`
  return undefined
}

/** The model files that belong to a sidecar. */
const filesOf = ({ pca: pcas, diagnosis: causes, life: left }: KindModel): { file: string; sha256: string }[] => [
  ...Object.values(pcas),
  ...(causes ? [causes] : []),
  ...(left ? [left] : []),
]

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
