import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { idSchema, MAX_NAME, Problem, recordOf, ucumOf } from '../core/index.ts'
import { collide, type TopicPattern, topicPattern } from './topicPattern.ts'

const name = z.string().min(1).max(MAX_NAME)
const pattern = z
  .string()
  .max(256)
  .transform((text, context): TopicPattern => {
    try {
      return topicPattern(text)
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message })
      return z.NEVER
    }
  })
const unit = name.refine((said) => ucumOf(said) !== undefined, 'must be a unit by its UCUM code, such as W or kW.h')

/** What a value is, by its name: the path in JSON, the name of the metric, or `{value}` of the topic. */
const valueSchema = z.strictObject({
  unit: unit.optional(),
  /** A total that rises: what counts is the difference. */
  counter: z.boolean().default(false),
  /** The metric that it mostly is. */
  metric: name.optional(),
})
const deviceSchema = z.strictObject({
  device: name,
  appliance: idSchema,
  kind: name,
  model: name.default('mapped'),
  /** Value → metric. */
  metrics: recordOf(name, name),
  /** Value → how far it must move to count; 0: any change. Absent: everything counts. */
  deadband: recordOf(name, z.number().min(0)).optional(),
})

/** One file: how somebody else's topics are read. */
export const formatSchema = z.strictObject({
  format: name,
  /** Whose payloads these are, with the version that was looked at. */
  source: z.string().max(500),
  topics: z
    .array(
      z.strictObject({
        topic: pattern,
        payload: z.enum(['json', 'plain', 'sparkplug']),
        /** Where the message says its time; absent: it is of when it came. */
        time: name.optional(),
        /** Topics among them that say nothing of appliances. */
        except: z.array(pattern).max(20).default([]),
      }),
    )
    .max(20),
  /** Topics of theirs that say nothing of appliances: what they announce, log, or are asked. */
  ignores: z.array(pattern).max(20).default([]),
  values: recordOf(name, valueSchema),
  availability: z
    .array(
      z.strictObject({
        topic: pattern,
        /** In JSON; absent: the payload itself. */
        path: name.optional(),
        online: name,
        offline: name,
      }),
    )
    .max(5)
    .default([]),
  /** Plain values that say: it is away. */
  away: z.array(name).default([]),
  /** Devices that the file itself turns into appliances. */
  devices: z.array(deviceSchema).max(1_000).default([]),
})
export type Format = z.infer<typeof formatSchema>
export type MappedDevice = z.infer<typeof deviceSchema>

const bad = (file: string, why: string): Problem =>
  new Problem({
    code: 'bad-mapping',
    message: `The mapping ${file} cannot be used: ${why}.`,
    remedy: 'Mend the file (docs/mapping.md says what it may hold), or move it out of the folder.',
    concerns: file,
  })

/** @throws Problem `bad-mapping`, which names the file */
export function readFormat(file: string, text: string): Format {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw bad(file, (error as Error).message)
  }
  const parsed = formatSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw bad(file, `${issue?.path.join('.') || 'it'}: ${issue?.message}`)
}

interface Loaded {
  readonly format: Format
  readonly file: string
  /** It is a file of the installation. */
  readonly isOwn: boolean
}

/**
 * The formats that come with the product, and those of an installation, which stand in the place of one of the same name,
 * and come first, so that what both name is theirs: `onTaken` is told each such topic in a sentence.
 * @throws Problem `bad-mapping` where one cannot be read, or two of the installation fit the same topics, or turn one
 * device into two appliances
 */
export function loadFormats(dir?: string, onTaken: (sentence: string) => void = () => {}): Format[] {
  const formats = new Map<string, Loaded>()
  for (const [i, folder] of [join(import.meta.dirname, 'formats'), ...(dir ? [dir] : [])].entries()) {
    for (const file of jsonFiles(folder)) {
      const format = readFormat(file, readFileSync(join(folder, file), 'utf8'))
      const other = formats.get(format.format)
      if (other?.isOwn) throw bad(file, `${other.file} has the format '${format.format}' already`)
      formats.set(format.format, { format, file, isOwn: i > 0 })
    }
  }
  const all = [...formats.values()]
  const own = all.filter(({ isOwn }) => isOwn)
  for (const [i, one] of own.entries()) {
    for (const other of own.slice(i + 1)) refuseBoth(one, other)
    refuseTwice(one.file, one.format.devices)
  }
  for (const one of all.filter(({ isOwn }) => !isOwn))
    for (const text of topicsOf(one.format)) {
      const by = own.find((other) => topicsOf(other.format).some((mine) => collide(text, mine)))
      if (by) onTaken(`Mapping: '${text}' is read as ${by.file} says, no more as ${one.file} of the product does.`)
    }
  // Of two that fit equally well the reader takes the first.
  return [...own, ...all.filter(({ isOwn }) => !isOwn)].map(({ format }) => format)
}

const topicsOf = ({ topics, availability }: Format): string[] =>
  [...topics, ...availability].map(({ topic }) => topic.text)

function jsonFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function refuseBoth(one: Loaded, other: Loaded): void {
  for (const a of topicsOf(one.format)) {
    const b = topicsOf(other.format).find((candidate) => collide(a, candidate))
    if (b !== undefined) throw bad(other.file, `'${b}' and '${a}' of ${one.file} match the same topics`)
  }
}

/** One device's value is one appliance's metric, and an appliance is of one kind. */
function refuseTwice(file: string, devices: readonly MappedDevice[]): void {
  const kinds = new Map<string, string>()
  const values = new Map<string, string>()
  for (const { device, appliance, kind, metrics } of devices) {
    const known = kinds.get(appliance) ?? kind
    if (known !== kind) throw bad(file, `${appliance} would be both a ${known} and a ${kind}`)
    kinds.set(appliance, kind)
    for (const value of Object.keys(metrics)) {
      const of = values.get(`${device}\n${value}`) ?? appliance
      if (of !== appliance) throw bad(file, `'${value}' of ${device} would be both ${of}'s and ${appliance}'s`)
      values.set(`${device}\n${value}`, appliance)
    }
  }
}
