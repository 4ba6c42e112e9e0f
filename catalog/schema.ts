import { z } from 'zod'
import { conversion, GATEWAY, LEAST_SECONDS, MAX_JSON_KEYS, MAX_NAME, recordOf, textOf } from '../core/index.ts'
import { detectionSchema, unknownNames } from './detection.ts'

const text = textOf(z.string().min(1))
/** Every plain object has these: as names of metrics or modes they would be found where nobody put them. */
const notOfObjects = [
  (given: string) => !Object.hasOwn(Object.prototype, given),
  'is a name that every object has',
] as const
const name = z
  .string()
  .regex(/^[a-zA-Z][A-Za-z0-9]{0,31}$/, 'must be a short camelCase word')
  .refine(...notOfObjects)
const slug = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be lower-case words joined by -')
  .refine(...notOfObjects)
/** Columns of databases do not tell `t1` from `T1`. */
const namesApart = (kind: { metrics: object; states: object }): { path: string[]; message: string }[] =>
  [['metrics', kind.metrics] as const, ['states', kind.states] as const].flatMap(([path, named]) => {
    const seen = new Map<string, string>()
    return Object.keys(named).flatMap((name) => {
      const other = seen.get(name.toLowerCase())
      seen.set(name.toLowerCase(), name)
      return other ? [{ path: [path], message: `'${other}' and '${name}' differ only in case` }] : []
    })
  })
const word = z.string().min(1).max(MAX_NAME)
/** The longest that anything may take between two readings. */
const MAX_CADENCE_SECONDS = 31 * 86_400

const metric = z.object({
  /** UCUM. */
  unit: z.string().min(1),
  /** Values outside are marked invalid: the sensor is wrong, not the appliance. */
  plausible: z.tuple([z.number(), z.number()]).refine(([low, high]) => low < high, 'low must be below high'),
  /** Smallest step of the sensor: the least spread that is believed. */
  resolution: z.number().positive(),
  text,
  /** Adds up over the interval (starts, seconds open) instead of being its mean. */
  sums: z.boolean().default(false),
  /** What the home does to the appliance, not what the appliance does: compensated for, never evidence. */
  covariate: z.boolean().default(false),
  /** Numbers by which its sensor says that it has none (power-on, broken, not there): missing, never a value. */
  sentinels: z.array(z.number()).default([]),
  /** Where it lies on a sound appliance: what is far outside in this unit and within in another one is in that one. */
  typical: z.tuple([z.number(), z.number()]).optional(),
})

const failureMode = z.object({
  text,
  /** What the owner notices or should know, in plain words. */
  owner: text,
  /** The moment the appliance no longer does its job, in words. */
  functionalFailure: text,
  severity: z.enum(['info', 'warning', 'critical']),
  /** Is it safe to go on using the appliance? */
  safe: z.boolean().default(true),
  /** Suspected parts with the probability that the repair needs them. */
  parts: recordOf(slug, z.number().min(0).max(1)),
  skill: slug,
  difficulty: z.number().int().min(1).max(4),
  minutes: z.number().int().positive(),
  /** Over at least five days, so that it can be foreseen. */
  predictable: z.boolean().default(true),
  /** A heat wave or a cold snap can look like it: what a whole area shows at once is the weather first. */
  weather: z.boolean().default(false),
})

const measured = z.tuple([z.number(), z.number().positive()])
/** Something that an appliance can be told to do, so that it shows what is wrong with it. */
const activeTest = z.object({
  text,
  minutes: z.number().positive().max(600),
  /** Whether its owner must have agreed to tests. */
  consent: z.enum(['none', 'owner']),
  /** Why nothing and nobody comes to harm by it, in words. */
  safe: text,
  /** What it answers. */
  measures: recordOf(name, z.object({ text, unit: z.string().min(1) })),
  /** Of a sound one: the mean and the standard deviation of each measure. */
  sound: recordOf(name, measured),
  /** The same by failure mode; a mode that is not named shows what a sound one does. */
  shows: recordOf(slug, recordOf(name, measured)),
})

/** How probable a yes is: never certain, since whoever answers may be wrong. */
const likely = z.number().min(0.01).max(0.99)
/** What its owner is asked before a visit is offered: to be answered by looking or listening, with yes or no. */
const question = z.object({
  text,
  /** A yes of the owner of a sound one. */
  sound: likely,
  /** The same by failure mode; with a mode that is not named the answer is as with a sound one. */
  shows: recordOf(slug, likely),
})

/** One kind of appliance, as one data file says it. What analytics needs of it is in `detection`. */
export const kindSchema = z
  .object({
    kind: slug.refine(
      (kind) => kind !== GATEWAY,
      `'${GATEWAY}' is kept for alerts about gateways: choose another name`,
    ),
    name: text,
    /** Between readings; `idleSeconds` where it is slower at rest. */
    cadenceSeconds: z.number().min(LEAST_SECONDS).max(MAX_CADENCE_SECONDS),
    idleSeconds: z.number().min(LEAST_SECONDS).max(MAX_CADENCE_SECONDS).optional(),
    silentAfterHours: z.number().positive().default(6),
    metrics: recordOf(name, metric).refine((m) => Object.keys(m).length >= 1 && Object.keys(m).length <= 64, {
      message: 'must have 1 to 64 metrics',
    }),
    /** Words in order, or `text` for a free short string. */
    states: recordOf(name, z.union([z.array(word).min(1).max(MAX_JSON_KEYS), z.literal('text')])).prefault({}),
    /** State values that mean that nothing runs: the slower cadence holds then. */
    idle: recordOf(name, z.array(z.string())).prefault({}),
    /** What holds of every appliance of a model, unless it is registered otherwise. */
    models: recordOf(
      z.string().max(MAX_NAME),
      z.object({
        units: recordOf(name, z.string().max(MAX_NAME)).prefault({}),
        counters: z.array(name).default([]),
        errorCodes: recordOf(z.string().max(MAX_NAME), slug).prefault({}),
      }),
    ).prefault({}),
    /** The appliance's own fault codes → failure modes; `phase: error` is a program that ended in that state. */
    errorCodes: recordOf(z.string().max(MAX_NAME), slug).prefault({}),
    failureModes: recordOf(slug, failureMode).prefault({}),
    parts: recordOf(slug, z.object({ text, priceCents: z.number().int().nonnegative() })).prefault({}),
    /** Tests that an appliance may be told to run; each says which of them it can. */
    tests: recordOf(slug, activeTest).prefault({}),
    /** What its owner may be asked; of those that tell the leading cause two are. */
    questions: recordOf(slug, question).prefault({}),
    /** How it is watched: cycles, features, signatures. Absent: by the generic detectors alone. */
    detection: detectionSchema.optional(),
  })
  .superRefine((kind, context) => {
    for (const { path, message } of namesApart(kind)) context.addIssue({ code: 'custom', path, message })
    for (const { path, message } of kind.detection ? unknownNames(kind.detection, kind) : []) {
      context.addIssue({ code: 'custom', path: ['detection', ...path], message })
    }
    const codes = [kind.errorCodes, ...Object.values(kind.models).map(({ errorCodes }) => errorCodes)]
    for (const [code, mode] of codes.flatMap((one) => Object.entries(one))) {
      if (Object.hasOwn(kind.failureModes, mode)) continue
      const message = `maps to failure mode '${mode}', which 'failureModes' does not have`
      context.addIssue({ code: 'custom', path: ['errorCodes', code], message })
    }
    for (const [model, { units, counters }] of Object.entries(kind.models)) {
      for (const metric of [...counters, ...Object.keys(units)]) {
        const said = Object.hasOwn(units, metric) ? units[metric] : undefined
        const spec = Object.hasOwn(kind.metrics, metric) ? kind.metrics[metric] : undefined
        if (spec && (said === undefined || conversion(said, spec.unit))) continue
        const message = spec
          ? `'${said}' cannot be converted to ${spec.unit}`
          : `names metric '${metric}', which 'metrics' does not have`
        context.addIssue({ code: 'custom', path: ['models', model, metric], message })
      }
    }
    for (const table of ['tests', 'questions'] as const) {
      for (const [name, { shows }] of Object.entries(kind[table])) {
        for (const mode of Object.keys(shows)) {
          if (Object.hasOwn(kind.failureModes, mode)) continue
          const message = `names failure mode '${mode}', which 'failureModes' does not have`
          context.addIssue({ code: 'custom', path: [table, name, 'shows', mode], message })
        }
      }
    }
    for (const [mode, { parts }] of Object.entries(kind.failureModes)) {
      for (const part of Object.keys(parts)) {
        if (!Object.hasOwn(kind.parts, part)) {
          context.addIssue({
            code: 'custom',
            path: ['failureModes', mode, 'parts', part],
            message: `names part '${part}', which 'parts' does not have`,
          })
        }
      }
    }
  })
export type KindFile = z.infer<typeof kindSchema>
export type KindFileInput = z.input<typeof kindSchema>
export type MetricSpec = z.infer<typeof metric>
export type ActiveTestSpec = z.infer<typeof activeTest>
export type QuestionSpec = z.infer<typeof question>
export type FailureModeSpec = z.infer<typeof failureMode>
