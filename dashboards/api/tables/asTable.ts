import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { byName, Problem, recordOf } from '../../../core/index.ts'
import { BYTE_ORDER_MARK, csvLine } from './csv.ts'
import { type Cell, type Column, parquetOf, type Row } from './parquet.ts'

const listed = z.object({ items: z.array(recordOf(z.string(), z.unknown())) })
/** A time in ms is one from 2001 on. */
const FIRST_TIME = 1e12
const ofTime = /(?:^|\.)(?:ts|at|from|to|since|until|[a-z]\w*(?:At|From|To|Until|Since))$/

/** A Parquet file has a column, also where nothing says which. */
const NOTHING: readonly Column[] = [{ name: 'items', type: 'STRING' }]

/** What a call is asked for as; undefined: as it answers. @throws Problem `unknown-table` */
function askedAs({ method, url }: FastifyRequest): 'csv' | 'parquet' | undefined {
  const as = method === 'GET' ? new URLSearchParams(url.split('?')[1]).get('as') : null
  if (as === null) return undefined
  if (as === 'csv' || as === 'parquet') return as
  throw new Problem({
    code: 'unknown-table',
    message: `A table is had as csv or as parquet, and not as '${as}'.`,
    remedy: 'Ask with ?as=csv or ?as=parquet.',
    concerns: 'as',
  })
}

/** Any call that answers `items` answers them as a table, too: `?as=csv`, `?as=parquet`. Pages of a list stay pages. */
export const asTable = {
  async known(request: FastifyRequest): Promise<void> {
    askedAs(request)
  },
  /** @throws Problem `no-table` where the call answers no list */
  async sent(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
    if (reply.statusCode >= 300) return payload
    const as = askedAs(request)
    if (!as) return payload
    const body = typeof payload === 'string' ? listed.safeParse(JSON.parse(payload)) : undefined
    if (!body?.success)
      throw new Problem({
        code: 'no-table',
        message: 'This call answers no list of rows.',
        remedy: 'Leave out ?as=; GET /openapi.json tells which calls answer items.',
        concerns: 'as',
        status: 406,
      })
    const rows = body.data.items.map((item) => flat(item))
    const columns = columnsOf(rows)
    const name = request.url.split('?')[0]!.split('/').at(-1)
    void reply
      .header('content-disposition', `attachment; filename="${name}.${as}"`)
      .removeHeader('content-length')
      .type(as === 'csv' ? 'text/csv; charset=utf-8' : 'application/vnd.apache.parquet')
    if (as === 'csv') return csvOf(columns, rows)
    return parquetOf(
      columns.length > 0 ? columns : NOTHING,
      rows.map((row) => typed(row, columns)),
    )
  },
}

function csvOf(columns: readonly Column[], rows: readonly Row[]): string {
  const lines = rows.map((row) => csvLine(columns.map(({ name }) => row[name] ?? null)))
  return [BYTE_ORDER_MARK, csvLine(columns.map(({ name }) => name)), ...lines].join('')
}

/** What stands in objects gets a column of its own; lists are one cell. */
function flat(item: Readonly<Record<string, unknown>>, before = ''): Row {
  const cells = byName<Cell>({})
  for (const [key, value] of Object.entries(item)) {
    const name = before + key
    if (Array.isArray(value)) cells[name] = JSON.stringify(value)
    else if (typeof value === 'object' && value !== null)
      Object.assign(cells, flat(value as Record<string, unknown>, `${name}.`))
    else cells[name] = value as Cell
  }
  return cells
}

function columnsOf(rows: readonly Row[]): Column[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))].map((name) => {
    const values = rows.map((row) => row[name] ?? null).filter((value) => value !== null)
    const areAll = (what: string) => values.length > 0 && values.every((value) => typeof value === what)
    const isTime = areAll('number') && ofTime.test(name) && values.every((value) => Number(value) >= FIRST_TIME)
    return { name, type: isTime ? 'TIMESTAMP' : areAll('number') ? 'DOUBLE' : areAll('boolean') ? 'BOOLEAN' : 'STRING' }
  })
}

function typed(row: Row, columns: readonly Column[]): Row {
  return Object.fromEntries(
    columns.map(({ name, type }) => {
      const value = row[name] ?? null
      if (value === null) return [name, null]
      return [name, type === 'TIMESTAMP' ? new Date(Number(value)) : type === 'STRING' ? String(value) : value]
    }),
  )
}
