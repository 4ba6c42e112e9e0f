// Calls to every route that the product describes: bodies made by its own schema and then spoilt, parameters and queries
// of the dictionary, files that people have. Drawn from a seed.
import type { Random } from '../../../core/index.ts'
import { below, hostileBytes, hostileNames, hostileNumbers, hostileValue, pick, render } from './hostileWords.ts'

interface Schema {
  type?: string
  enum?: unknown[]
  const?: unknown
  anyOf?: Schema[]
  oneOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  additionalProperties?: Schema | boolean
  minimum?: number
  maximum?: number
}
interface Operation {
  parameters?: { name: string; in: string; schema?: Schema }[]
  requestBody?: { content?: Record<string, { schema?: Schema }> }
}
export interface Route {
  method: string
  path: string
  operation: Operation
}
export interface HostileCall {
  method: string
  path: string
  body?: Buffer
  type?: string
}

/** An organisation is opened by an administrator who wants one more, and holds threads and stores of its own as long. */
const OPENS_A_WORLD = 'POST /api/organisations'

export function routesOf(openApi: { paths: Record<string, Record<string, Operation>> }): Route[] {
  return Object.entries(openApi.paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
    )
    .filter(({ method, path }) => `${method} ${path}` !== OPENS_A_WORLD)
}

export function drawCall(random: Random, { method, path, operation }: Route, ids: readonly string[]): HostileCall {
  const filled = path.replace(/\{[^}]+\}/g, () =>
    encodeURIComponent(random.next() < 0.7 ? pick(random, ids) : wellFormed(pick(random, hostileNames)) || '%'),
  )
  const query = new URLSearchParams()
  for (const { name, in: place, schema } of operation.parameters ?? []) {
    if (place !== 'query' || random.next() < 0.4) continue
    const value = random.next() < 0.4 ? sample(schema, random) : pick(random, [...hostileNames, ...hostileNumbers])
    query.append(name, wellFormed(typeof value === 'object' ? render(value) : String(value)))
  }
  if (random.next() < 0.1) query.append(wellFormed(pick(random, hostileNames)), '1')
  const asked = query.size > 0 ? `?${query}` : ''
  if (method === 'GET' || method === 'DELETE') return { method, path: filled + asked }
  if (path.startsWith('/api/imports/')) {
    return { method, path: `${filled}?preview=true`, body: drawCsv(random), type: 'text/csv' }
  }
  const schema = Object.values(operation.requestBody?.content ?? {})[0]?.schema
  const good = schema ? sample(schema, random) : {}
  const body = random.next() < 0.25 ? good : random.next() < 0.2 ? hostileValue(random) : spoil(good, random)
  return { method, path: filled + asked, body: hostileBytes(render(body), random), type: 'application/json' }
}

/** A lone surrogate cannot stand in an address. */
const wellFormed = (text: string): string => text.toWellFormed()

/** A value that a schema may take. */
function sample(schema: Schema | undefined, random: Random, depth = 0): unknown {
  if (!schema || depth > 6) return hostileValue(random)
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return pick(random, schema.enum)
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return sample(pick(random, choices), random, depth + 1)
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .filter(() => random.next() < 0.9)
          .map(([name, inner]) => [name, sample(inner, random, depth + 1)]),
      )
    case 'array':
      return Array.from({ length: below(random, 4) }, () => sample(schema.items, random, depth + 1))
    case 'integer':
    case 'number': {
      const [low, high] = [schema.minimum ?? 0, schema.maximum ?? 1_000]
      return low + below(random, Math.min(high - low, 1e6) + 1)
    }
    case 'boolean':
      return random.next() < 0.5
    case 'string':
      return pick(random, ['a', 'fridge', 'condenser-fouling', 'E1', '2026-05-01', ...hostileNames])
    default:
      return hostileValue(random)
  }
}

/** One place of it replaced, taken out or added. */
function spoil(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random.next() < 0.1) return hostileValue(random)
  if (Array.isArray(value)) return value.map((one) => (random.next() < 0.5 ? spoil(one, random) : one))
  const entries = Object.entries(value)
  const at = below(random, entries.length + 1)
  return Object.fromEntries([
    ...entries.map(([name, one], i): [string, unknown] => [name, i === at ? spoil(one, random) : one]),
    ...(at === entries.length ? [[pick(random, hostileNames), hostileValue(random)] as [string, unknown]] : []),
  ])
}

/** A list as people have it, wrong somewhere. */
export function drawCsv(random: Random): Buffer {
  const delimiter = pick(random, [',', ';', '\t', '|'])
  const known = [
    'id',
    'kind',
    'model',
    'lat',
    'lon',
    'installedAt',
    'ownerName',
    'language',
    'depot',
    'part',
    'quantity',
  ]
  const header = known.filter(() => random.next() < 0.7)
  if (random.next() < 0.3) header.push(pick(random, hostileNames))
  const cell = (): string => {
    const text = String(pick(random, [...hostileNames, ...hostileNumbers, '48,14', '01.02.2025', '1,234.5', 'fridge']))
    return random.next() < 0.3 ? `"${text}"` : text
  }
  const rows = Array.from({ length: below(random, 30) }, () =>
    Array.from({ length: header.length + (random.next() < 0.1 ? 1 : 0) }, cell).join(delimiter),
  )
  return hostileBytes([header.join(delimiter), ...rows].join(pick(random, ['\n', '\r\n', '\r'])), random)
}

/** A kind file: a good one with one thing wrong, or nothing. */
export function drawKindFile(random: Random, name: string): string {
  const metric = (): unknown =>
    random.next() < 0.15
      ? hostileValue(random)
      : {
          unit: pick(random, ['Cel', 'W', '1', ...hostileNames]),
          plausible: random.next() < 0.8 ? [-40, 120] : [pick(random, hostileNumbers), pick(random, hostileNumbers)],
          resolution: random.next() < 0.9 ? 0.1 : pick(random, hostileNumbers),
          text: { en: 't', zh: 't' },
        }
  const names = ['t1', 't2', 'T1', 'ts', 'appliance', 'firmware', 'select', 'power', ...hostileNames]
  const metrics = Array.from({ length: 1 + below(random, 4) }, () => [pick(random, names), metric()] as const)
  const kind = {
    kind: random.next() < 0.9 ? name : pick(random, hostileNames),
    name: { en: name, zh: name },
    cadenceSeconds: random.next() < 0.9 ? 60 : pick(random, hostileNumbers),
    metrics: Object.fromEntries(metrics),
    ...(random.next() < 0.3 ? { states: { mode: random.next() < 0.5 ? 'text' : hostileValue(random) } } : {}),
    ...(random.next() < 0.2
      ? { [pick(random, ['failureModes', 'parts', 'detection', 'idle'])]: hostileValue(random) }
      : {}),
  }
  return hostileBytes(render(kind), random).toString('latin1')
}
