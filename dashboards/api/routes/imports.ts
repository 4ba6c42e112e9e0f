import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type Depot, installedAtFault, nth, Problem, registrationSchema } from '../../../core/index.ts'
import { type CellRefusal, dateOrders, decimalSigns, delimiters, encodings, isZone } from '../../../ingest/index.ts'
import { engineerSchema } from '../../../service/index.ts'
import { actorOf } from '../access.ts'
import { rowsRefused } from '../answers/imports.ts'
import { answers } from '../answers/index.ts'
import type { ApiContext } from '../apiContext.ts'
import type { Api } from '../app.ts'
import {
  applianceFields,
  completeOwner,
  engineerFields,
  factoryFields,
  factoryRowSchema,
  type StockRow,
  stockFields,
  stockRowSchema,
} from '../imports/importFields.ts'
import { type Import, type ImportOptions, readImport } from '../imports/readImport.ts'

const PREVIEW_ROWS = 5
const MOST_REFUSALS = 1_000
const MOST_ROWS = 10_000

type ReadList<M> = (
  file: Buffer,
  options: ImportOptions,
  by: string,
) => Promise<{ read: Import<Record<string, unknown>>; take: () => Promise<M[]> }>

/** Lists as files: appliances, engineers, counts of stock. First a preview, then all of it or what can be used of it. */
export function importRoutes(
  app: Api,
  context: Pick<ApiContext, 'catalog' | 'claims' | 'clock' | 'people' | 'registry' | 'wall'>,
): void {
  const { registry, people, catalog, claims, clock, wall } = context
  app.addContentTypeParser(['text/csv', 'application/octet-stream'], { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  )

  /** How each list is read, and how it is taken; what is well formed and yet cannot be taken is refused with its line. */
  const lists = {
    appliances: async (file, options) => {
      const read = readImport(file, applianceFields, registrationSchema, options, completeOwner)
      const latest = Math.max(clock.now(), wall.now())
      refuseRows(read, ({ kind, installedAt }) => {
        if (!catalog.kinds.has(kind)) return ['kind', unknownKind]
        const fault = installedAt === undefined ? undefined : installedAtFault(installedAt, latest)
        return fault === undefined ? undefined : ['installedAt', fault]
      })
      refuseRepeated(read)
      return { read, take: () => registry.register(read.items) }
    },
    factory: async (file, options) => {
      const read = readImport(file, factoryFields, factoryRowSchema, options)
      refuseRows(read, ({ kind }) => (catalog.kinds.has(kind) ? undefined : ['kind', unknownKind]))
      refuseRepeated(read)
      return { read, take: () => claims.take(read.items) }
    },
    engineers: async (file, options) => {
      const read = readImport(file, engineerFields, engineerSchema, options)
      refuseRepeated(read)
      return { read, take: () => people.saveEngineers(read.items) }
    },
    stock: async (file, options, by) => {
      const read = readImport(file, stockFields, stockRowSchema, options)
      const known = new Map((await people.depots()).map((depot) => [depot.id, depot]))
      const sold = new Set([...catalog.kinds.values()].flatMap((kind) => Object.keys(kind.parts)))
      refuseRows(read, ({ part, depot, type, location }) => {
        if (!sold.has(part)) return ['part', 'is no part of the catalog']
        if (known.has(depot) || (type && location)) return undefined
        return ['depot', 'is not known yet: give its type, lat and lon']
      })
      return { read, take: () => people.saveDepots(depotsOf(read.items, known), by) }
    },
  } satisfies Record<string, ReadList<unknown>>
  const unknownKind = `is not in the catalog; known are ${[...catalog.kinds.keys()].join(', ')}`

  app.post(
    '/api/imports/appliances',
    { schema: of('Appliances', answers['POST /api/imports/appliances']) },
    async (request, reply) => {
      const { status, body } = await importFile(request, request.query, lists.appliances)
      return reply.code(status).send(body)
    },
  )
  app.post(
    '/api/imports/factory',
    { schema: of('What left the factory, with the codes on it', answers['POST /api/imports/factory']) },
    async (request, reply) => {
      const { status, body } = await importFile(request, request.query, lists.factory)
      return reply.code(status).send(body)
    },
  )
  app.post(
    '/api/imports/engineers',
    { schema: of('Engineers', answers['POST /api/imports/engineers']) },
    async (request, reply) => {
      const { status, body } = await importFile(request, request.query, lists.engineers)
      return reply.code(status).send(body)
    },
  )
  app.post(
    '/api/imports/stock',
    { schema: of('Counts of stock', answers['POST /api/imports/stock']) },
    async (request, reply) => {
      const { status, body } = await importFile(request, request.query, lists.stock)
      return reply.code(status).send(body)
    },
  )
}

const importQuery = z.object({
  preview: z.stringbool().default(false),
  partial: z.stringbool().default(false),
  encoding: z.enum(encodings).optional(),
  delimiter: z
    .enum([...delimiters, 'tab'])
    .transform((delimiter) => (delimiter === 'tab' ? ('\t' as const) : delimiter))
    .optional(),
  decimal: z.enum(decimalSigns).optional(),
  dateOrder: z.enum(dateOrders).optional(),
  zone: z.string().max(64).refine(isZone, { message: 'is no IANA time zone' }).optional(),
})
/** One route a list: who may import one need not be one who may import another. */
const of = <A extends z.ZodType>(what: string, answer: A) => ({
  summary: `${what} as a CSV file (body: its bytes, as text/csv): preview=true says how it is understood; otherwise all rows are taken, or none when any cannot be used, unless partial=true`,
  tags: ['imports'],
  querystring: importQuery,
  response: { 200: answer, 201: answer, 422: rowsRefused },
})

/** Previews a file, or takes it. @throws Problem `no-file` */
async function importFile<M>(
  request: FastifyRequest,
  { preview, partial, ...options }: z.infer<typeof importQuery>,
  list: ReadList<M>,
) {
  const file = request.body
  if (!Buffer.isBuffer(file) || file.length === 0) {
    throw new Problem({
      code: 'no-file',
      message: 'The body is not a file.',
      remedy: 'Send the bytes of the CSV file with content-type text/csv.',
      status: 415,
    })
  }
  const { read, take } = await list(file, options, actorOf(request))
  if (preview) return { status: 200, body: answerOf(read) } as const
  if (read.refused.length > 0 && !partial)
    return { status: 422, body: { ...refusal(read), ...answerOf(read) } } as const
  const made = read.items.length > 0 ? await take() : []
  return { status: 201, body: { ...answerOf(read), made } } as const
}

const answerOf = ({ items, lines: _, refused, ...read }: Import<Record<string, unknown>>) => ({
  ...read,
  usable: items.length,
  preview: items.slice(0, PREVIEW_ROWS),
  refused: refused.slice(0, MOST_REFUSALS),
  refusals: refused.length,
})
const refusal = ({ refused, items }: Import<unknown>) => ({
  type: 'about:blank',
  status: 422,
  code: 'rows-refused',
  title: `${refused.length} cells or rows cannot be used; nothing was taken.`,
  detail: `Correct them, or send the file with partial=true: then ${items.length} rows are taken.`,
})

/** Takes rows out that are well formed and yet cannot be used; `fault` says the field and why. */
function refuseRows<T>(read: Import<T>, fault: (item: T) => [field: string, why: string] | undefined): void {
  const kept: { item: T; line: number }[] = []
  for (const [i, item] of read.items.entries()) {
    const line = nth(read.lines, i)
    const found =
      kept.length >= MOST_ROWS ? ['', `comes after ${MOST_ROWS} rows; send the rest by itself`] : fault(item)
    if (!found) kept.push({ item, line })
    else read.refused.push(placed(read, line, nth(found, 0), nth(found, 1)))
  }
  read.items = kept.map(({ item }) => item)
  read.lines = kept.map(({ line }) => line)
  read.refused.sort((a, b) => a.line - b.line || (a.column ?? 0) - (b.column ?? 0))
}
function placed(read: Import<unknown>, line: number, field: string, why: string): CellRefusal {
  const at = read.columns.findIndex((column) => column.field === field)
  return { line, ...(at < 0 ? {} : { column: at + 1, name: nth(read.columns, at).name }), why }
}
function refuseRepeated(read: Import<{ id: string }>): void {
  const seen = new Map<string, number>()
  const lines = [...read.lines]
  let i = 0
  refuseRows(read, ({ id }) => {
    const line = nth(lines, i++)
    const before = seen.get(id)
    if (before !== undefined) return ['id', `stands in line ${before}, too`]
    seen.set(id, line)
    return undefined
  })
}

/** The rows of each place together; what a file does not name lies there as before. */
function depotsOf(rows: StockRow[], known: ReadonlyMap<string, Depot>): Depot[] {
  const depots = new Map<string, Depot>()
  for (const { depot: id, part, quantity, type, location } of rows) {
    const before = depots.get(id) ?? known.get(id)
    const place = { type: type ?? before?.type, location: location ?? before?.location }
    if (!place.type || !place.location) continue
    const stock = before?.stock.filter((one) => one.part !== part) ?? []
    depots.set(id, { id, type: place.type, location: place.location, stock: [...stock, { part, quantity }] })
  }
  return [...depots.values()]
}
