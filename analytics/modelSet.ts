import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Catalog } from '../catalog/index.ts'
import { jsonFault, Problem } from '../core/index.ts'
import { openKindRuntimes } from './kindRuntime.ts'
import { kindModelSchema, sha256 } from './onnx/kindModel.ts'

/** Where no model was ever trained: priors are flat and thresholds the textbook's. */
export const UNTRAINED = 'untrained'

/** A kind's part of a version: what its sidecar says of it. */
export const modelSummarySchema = kindModelSchema
  .pick({ kind: true, version: true, seeds: true, appliances: true, days: true, heldOut: true })
  .extend({ hash: z.string() })
export type ModelSummary = z.infer<typeof modelSummarySchema>

/** One version of the models of all kinds: every file of a folder together. */
export interface ModelSet {
  /** Follows from what the files hold, whatever folder they lie in. */
  id: string
  files: Map<string, Uint8Array>
  kinds: ModelSummary[]
}

const ID_DIGITS = 12
/** A folder of models is small; what is larger is none. */
export const MOST_SET_FILES = 200
export const MOST_SET_BYTES = 64 << 20

/** The files of a folder (not of its folders) as one version; `untrained` without any. @throws Problem `bad-model` */
export function readModelSet(dir: string): ModelSet {
  const names = existsSync(dir)
    ? readdirSync(dir, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []))
    : []
  const bytes = names.reduce((sum, name) => sum + statSync(join(dir, name)).size, 0)
  if (names.length > MOST_SET_FILES || bytes > MOST_SET_BYTES) throw badSet(dir, 'it holds too much for models')
  return modelSetOf(new Map(names.map((name) => [name, readFileSync(join(dir, name))])), dir)
}

/**
 * These files as one version. What a kind reached on held-out fleets is said of a version, and is not part of what it is.
 * @throws Problem `bad-model` for a sidecar that is none, and above the bounds
 */
export function modelSetOf(files: Map<string, Uint8Array>, concerns: string): ModelSet {
  const bytes = [...files.values()].reduce((sum, one) => sum + one.length, 0)
  if (files.size > MOST_SET_FILES || bytes > MOST_SET_BYTES) throw badSet(concerns, 'it holds too much for models')
  const kinds: ModelSummary[] = []
  const hashes: string[] = []
  for (const [name, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!name.endsWith('.json')) {
      hashes.push(`${name} ${sha256(content)}`)
      continue
    }
    const json = sidecarOf(name, content, concerns)
    const { heldOut, ...rest } = json
    const hash = sha256(Buffer.from(JSON.stringify(rest)))
    hashes.push(`${name} ${hash}`)
    const parsed = modelSummarySchema.safeParse({ ...json, hash: hash.slice(0, ID_DIGITS) })
    // A sidecar of another sort (of a part of a kind's models) belongs to the version, and says nothing of the whole.
    if (name !== `${json.kind}.json`) continue
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      throw badSet(concerns, `${name}: at ${issue?.path.join('.')}: ${issue?.message}`)
    }
    kinds.push(parsed.data)
  }
  if (files.size === 0) return { id: UNTRAINED, files, kinds }
  if (kinds.length === 0) throw badSet(concerns, 'it holds no kind’s sidecar')
  return { id: sha256(Buffer.from(hashes.join('\n'))).slice(0, ID_DIGITS), files, kinds }
}

/** @throws Problem `bad-model` for what is no JSON object within the bounds */
function sidecarOf(name: string, content: Uint8Array, concerns: string): Record<string, unknown> {
  let json: unknown
  try {
    json = JSON.parse(Buffer.from(content).toString())
  } catch (error) {
    throw badSet(concerns, `${name}: ${(error as Error).message}`)
  }
  const fault = typeof json === 'object' && json !== null ? jsonFault(json) : 'is no object'
  if (fault) throw badSet(concerns, `${name} ${fault}`)
  return json as Record<string, unknown>
}

/** `offered` with the standing files of kinds that it has no sidecar for: those stay as they are. */
export function completeModelSet(offered: ModelSet, standing: ModelSet): ModelSet {
  const own = new Set(offered.kinds.map(({ kind }) => kind))
  const missing = standing.kinds.flatMap(({ kind }) => (own.has(kind) ? [] : [kind]))
  if (missing.length === 0) return offered
  const kept = [...standing.files].filter(([name]) => missing.some((kind) => belongsTo(kind, name)))
  return modelSetOf(new Map([...kept, ...offered.files]), 'the completed version')
}

/** Is it a file of this kind's models? */
export const belongsTo = (kind: string, file: string): boolean =>
  file.startsWith(`${kind}.`) || file.startsWith(`${kind}-`)

/** Can everything of a folder be used, whatever it holds? Opens it as detection would. @throws Problem `bad-model` */
export async function checkModelSet(dir: string, catalog: Catalog): Promise<void> {
  await openKindRuntimes(catalog, dir)
}

const badSet = (concerns: string, what: string): Problem =>
  new Problem({
    code: 'bad-model',
    message: `The models of ${concerns} cannot be used: ${what}.`,
    remedy: 'Make them anew with `npm run train`.',
    concerns,
    status: 422,
  })
