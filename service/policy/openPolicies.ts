import { z } from 'zod'
import { type Clock, type Database, type Millis, Problem, type UnitOfWork } from '../../core/index.ts'
import { jsonColumn, readable } from '../../database/index.ts'
import { isRule, type Policy, policySchema, type Rule, readPolicy } from './policySchema.ts'
import { type PolicyRow, type PolicyStamp, rowsInForce, SHIPPED_BY, toPolicy } from './resolvePolicy.ts'
import { ruleBoundsFault } from './ruleBounds.ts'

/** A change that a person asks for. */
export interface PolicyChange {
  rule: string
  scope?: string | undefined
  value: unknown
  validFrom?: Millis | undefined
  validUntil?: Millis | undefined
}

export interface Policies {
  /** What is in force for everyone at this moment: each rule is looked up when it is read. */
  readonly live: Policy
  version(): number
  /** Under which rules something stands: what was in force when its stamp was put on it. */
  of(stamp: PolicyStamp | undefined): Policy
  /** The rules that a ticket was made under: they go on to hold for it. */
  rulesOf(ticket: { readonly policy?: PolicyStamp | undefined }): Policy
  /** What is in force for these scopes now. */
  now(scopes: string[]): { policy: Policy; stamp: PolicyStamp }
  rows(): PolicyRow[]
  /** Writes a row, after its schema has agreed. @throws Problem `bad-rule` */
  change(change: PolicyChange, by: string, why: string): Promise<PolicyRow>
  /** The policy as it would be with these changes. @throws Problem `bad-rule` */
  preview(changes: PolicyChange[], stamp: PolicyStamp): Policy
}

/** More than this many versions × scopes at once are resolved anew. */
const REMEMBERED = 500
const MOST_ROWS = 20_000

/** Rows of the policy: kept in the database, resolved in memory. Seeded from the policy as shipped. */
export async function openPolicies(
  database: Database,
  clock: Clock,
  overrides: Partial<Policy> = {},
): Promise<Policies> {
  const shipped = { ...readPolicy(), ...overrides }
  const rows = await seededRows(database, clock, shipped)
  const resolved = new Map<string, Policy>()
  let edges: Millis[] = []
  const changed = (): void => {
    resolved.clear()
    edges = [...new Set(rows.flatMap(({ validFrom, validUntil }) => [validFrom, validUntil ?? validFrom]))].sort(
      (a, b) => a - b,
    )
  }
  changed()
  const version = (): number => rows.at(-1)?.seq ?? 0

  function of(stamp: PolicyStamp | undefined): Policy {
    const { version: upTo, at, scopes } = stamp ?? { version: version(), at: clock.now(), scopes: [] }
    const key = `${upTo}/${edges.filter((edge) => edge <= at).length}/${scopes.join()}`
    const known = resolved.get(key)
    if (known) return known
    if (resolved.size >= REMEMBERED) resolved.clear()
    const policy = toPolicy(rowsInForce(rows, { version: upTo, at, scopes }))
    resolved.set(key, policy)
    return policy
  }

  const checked = (change: PolicyChange): Omit<PolicyRow, 'by' | 'why'> => ({
    seq: version() + 1,
    ...checkedChange(change, of(undefined), clock.now()),
  })

  const live = Object.defineProperties(
    {},
    Object.fromEntries(
      Object.keys(shipped).map((rule) => [rule, { enumerable: true, get: () => of(undefined)[rule as Rule] }]),
    ),
  ) as Policy
  return {
    live,
    version,
    of,
    rulesOf: ({ policy }) => of(policy),
    now: (scopes) => {
      const stamp = { version: version(), at: clock.now(), scopes }
      return { policy: of(stamp), stamp }
    },
    rows: () => rows,
    async change(change, by, why) {
      let made: PolicyRow | undefined
      const work = async (tx: UnitOfWork): Promise<PolicyRow> => {
        if (rows.length >= MOST_ROWS) {
          throw new Problem({
            code: 'too-many-rules',
            message: `The policy has ${rows.length} rows, as many as it may.`,
            remedy: 'Change rules by hand, not by a program.',
            status: 409,
          })
        }
        const row: PolicyRow = { ...checked(change), by, why }
        await write(tx, row)
        rows.push(row)
        made = row
        return row
      }
      try {
        return await database.transaction(work)
      } catch (error) {
        // What was not committed was never in force.
        if (made) rows.splice(rows.indexOf(made), 1)
        throw error
      } finally {
        changed()
      }
    },
    preview(changes, stamp) {
      const added = changes.map((change, i) => ({
        ...checked({ ...change, validFrom: undefined, validUntil: undefined }),
        seq: version() + 1 + i,
        validFrom: 0,
        by: '',
        why: '',
      }))
      return toPolicy(rowsInForce([...rows, ...added], { ...stamp, version: version() + changes.length }))
    },
  }
}

/** Rules that ship with rows for some customers alone; they take effect where such a zone or segment is set up. */
const scoped: Pick<PolicyRow, 'rule' | 'scope' | 'value'>[] = [
  { rule: 'onSiteHours', scope: 'zone:van', value: 2 },
  { rule: 'firstResponseHours', scope: 'segment:vip', value: 0.5 },
  { rule: 'onSiteHours', scope: 'segment:vip', value: 12 },
  { rule: 'projectSteps', scope: 'segment:project', value: ['plan-review', 'hidden-work', 'acceptance'] },
  // A Chinese home is told Chinese prices.
  { rule: 'currency', scope: 'region:CN', value: 'CNY' },
  { rule: 'priceFactor', scope: 'region:CN', value: 7.8 },
  { rule: 'callOutCents', scope: 'region:CN', value: 8_000 },
  { rule: 'labourCentsPerHour', scope: 'region:CN', value: 15_000 },
]

/** A change, after its schema has agreed. Pure. @throws Problem `bad-rule` */
function checkedChange(
  { rule, scope = 'everyone', value, validFrom, validUntil }: PolicyChange,
  { segments, zones }: Pick<Policy, 'segments' | 'zones'>,
  now: Millis,
): Omit<PolicyRow, 'by' | 'why' | 'seq'> {
  const bad = (message: string, remedy: string): Problem =>
    new Problem({ code: 'bad-rule', message, remedy, concerns: rule, status: 422 })
  if (!isRule(rule)) throw bad(`There is no rule '${rule}'.`, 'GET /api/policy lists every rule.')
  const parsed = policySchema.shape[rule].safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw bad(
      `${[rule, ...(issue?.path ?? [])].join('.')}: ${issue?.message}.`,
      'Give a value of the shape it has now.',
    )
  }
  const beyond = ruleBoundsFault(rule, parsed.data)
  if (beyond) throw bad(beyond, 'Give a value that a desk can mean.')
  const scopes = ['everyone', ...segments.map(({ id }) => `segment:${id}`), ...zones.map(({ id }) => `zone:${id}`)]
  if (!scopes.includes(scope) && !/^region:[A-Z]{2}$/.test(scope))
    throw bad(`There is no scope '${scope}'.`, `Use one of: ${scopes.join(', ')}, region:CN (a country by ISO 3166).`)
  if (scope !== 'everyone' && ['segments', 'zones'].includes(rule)) {
    throw bad(`'${rule}' says what the scopes are.`, 'Set it for everyone.')
  }
  const from = validFrom ?? now
  if (from < now) throw bad('A rule cannot begin in the past.', 'What was decided under the old one stands; begin now.')
  if (validUntil !== undefined && validUntil <= from) throw bad('It ends before it begins.', 'Give a later end.')
  return {
    rule,
    scope,
    value: parsed.data,
    validFrom: from,
    ...(validUntil === undefined ? {} : { validUntil }),
    at: now,
  }
}

const write = async (tx: UnitOfWork, row: PolicyRow): Promise<void> => {
  const { value, validUntil = null, ...rest } = row
  await tx
    .insertInto('policyRow')
    .values({ ...rest, value: JSON.stringify(value), validUntil })
    .execute()
}

const ruleValue = jsonColumn('policyRow', 'value', z.unknown())

/** What an older release wrote, with what this one has added to that rule. */
function asNow(rule: string, value: unknown): unknown {
  const parsed = isRule(rule) ? policySchema.shape[rule].safeParse(value) : undefined
  return parsed?.success ? parsed.data : value
}

/** Every row of this world, with those that this version ships and that it had not. */
async function seededRows(database: Database, clock: Clock, shipped: Policy): Promise<PolicyRow[]> {
  const kept = await database.query.selectFrom('policyRow').selectAll().orderBy('seq').execute()
  const rows: PolicyRow[] = readable(kept, ({ value, validUntil, rule, ...row }) => ({
    ...row,
    rule: rule as Rule,
    value: asNow(rule, ruleValue.read(value, row.seq)),
    ...(validUntil === null ? {} : { validUntil }),
  }))
  const fresh: PolicyRow[] = [
    ...Object.entries(shipped).map(([rule, value]) => ({ rule: rule as Rule, scope: 'everyone', value })),
    ...scoped,
  ]
    .filter(({ rule, scope }) => !rows.some((row) => row.rule === rule && row.scope === scope))
    .map((row, i) => ({
      seq: (rows.at(-1)?.seq ?? 0) + i + 1,
      ...row,
      validFrom: 0,
      by: SHIPPED_BY,
      why: 'as shipped',
      at: clock.now(),
    }))
  await database.transaction(async (tx) => {
    for (const row of fresh) await write(tx, row)
  })
  return [...rows, ...fresh]
}
