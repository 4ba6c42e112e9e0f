import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { jsonFault, Problem, textFault, there } from '../core/index.ts'
import { type FailureModeSpec, type KindFile, kindSchema } from './schema.ts'

/** A kind, with its metrics and states in the order that every column of it has. */
export interface Kind extends KindFile {
  metricNames: string[]
  /** Metric name → column. */
  metricIndex: Map<string, number>
  stateNames: string[]
  builtIn: boolean
}

export interface Catalog {
  kinds: Map<string, Kind>
  /** @throws Problem `unknown-kind` */
  kind(kind: string): Kind
  /** What the catalog says of a mode of a kind; the modes of any kind (`unknown`, `silent`, `sensor-stuck`) included. */
  failureMode(kind: string, mode: string): FailureModeSpec
}

const MAX_FILE_BYTES = 1 << 20
const builtInDir = fileURLToPath(new URL('./kinds', import.meta.url))

/**
 * Reads the built-in kinds and those in `addedDir` through the same door.
 * @throws Problem `bad-catalog`, which names the file, the place in it and what is wrong
 */
export function loadCatalog(addedDir?: string): Catalog {
  const any = readAnyModes()
  const kinds = new Map<string, Kind>()
  const files = new Map<string, string>()
  for (const [dir, builtIn] of [[builtInDir, true] as const, ...(addedDir ? [[addedDir, false] as const] : [])]) {
    for (const file of jsonFiles(dir)) {
      const kind = readKind(join(dir, file), builtIn)
      const first = files.get(kind.kind)
      if (first) throw bad(join(dir, file), `kind '${kind.kind}' is already defined by ${first}`)
      files.set(kind.kind, join(dir, file))
      kinds.set(kind.kind, kind)
    }
  }
  return {
    kinds,
    kind(kind) {
      const found = kinds.get(kind)
      if (found) return found
      throw new Problem({
        code: 'unknown-kind',
        message: `There is no kind '${kind}'.`,
        remedy: `Use one of ${[...kinds.keys()].join(', ')}, or add ${kind}.json to the catalog folder and start again.`,
        concerns: kind,
      })
    },
    failureMode(kind, mode) {
      return kinds.get(kind)?.failureModes[mode] ?? any[mode] ?? there(any.unknown)
    },
  }
}

function jsonFiles(dir: string): string[] {
  try {
    return readdirSync(dir)
      .filter((file) => file.endsWith('.json'))
      .sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function readKind(path: string, builtIn: boolean): Kind {
  const given = readJson(path)
  const beyond = jsonFault(given)
  if (beyond) throw bad(path, `it ${beyond}`)
  // What the schema would leave out, or no page can show.
  const text = textFault(given)
  if (text) throw bad(path, `at ${text.path || 'the top'}: ${text.fault}`)
  const parsed = kindSchema.safeParse(given)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const why = issue?.code === 'invalid_key' ? issue.issues[0]?.message : issue?.message
    throw bad(path, `at ${issue?.path.join('.') || 'the top'}: ${why}`)
  }
  return indexKind(parsed.data, builtIn)
}

/** Gives a checked kind its column order. */
export function indexKind(kind: KindFile, builtIn: boolean): Kind {
  const metricNames = Object.keys(kind.metrics)
  return {
    ...kind,
    metricNames,
    metricIndex: new Map(metricNames.map((metric, i) => [metric, i])),
    stateNames: Object.keys(kind.states),
    builtIn,
  }
}

function readAnyModes(): Record<string, FailureModeSpec> {
  const path = join(builtInDir, '..', 'anyKind.json')
  const parsed = kindSchema.shape.failureModes.safeParse(readJson(path))
  if (!parsed.success) throw bad(path, parsed.error.issues[0]?.message ?? 'unreadable')
  return parsed.data
}

function readJson(path: string): unknown {
  try {
    const { size } = statSync(path)
    if (size > MAX_FILE_BYTES) throw new Error(`it has ${size} bytes, ${MAX_FILE_BYTES} are allowed`)
    return JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''))
  } catch (error) {
    throw bad(path, (error as Error).message)
  }
}

const bad = (path: string, what: string): Problem =>
  new Problem({
    code: 'bad-catalog',
    message: `The catalog file ${basename(path)} cannot be used: ${what}.`,
    remedy: `Correct ${path}, or take it out of the folder, and start again.`,
    concerns: path,
  })
