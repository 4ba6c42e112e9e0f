import type { Catalog } from '../../catalog/index.ts'
import {
  type Alert,
  type Announcer,
  type CohortCause,
  type CohortIndex,
  type CohortKey,
  type CohortNotice,
  DAY,
  type Database,
  HOUR,
  hash64,
  MINUTE,
  type Millis,
  notFound,
  type Render,
  type UnitOfWork,
} from '../../core/index.ts'
import { type Apart, together } from '../../database/index.ts'
import { saveAlert, toAlert } from '../alertTable.ts'
import { keyOf, saveNotice, toNotice } from './cohortTable.ts'
import { type CohortRules, cohortChance, holdUntil, isBeyond, isShared, PAST_MS, strengthOf } from './decideCohort.ts'
import { describeCohort } from './describeCohort.ts'

/** Findings that join when a notice opens; the others stand by themselves. */
const MOST_AT_ONCE = 5_000
/** More findings than these are not needed to know how strong they are. */
const MOST_COMPARED = 64
const MOST_OPEN = 1_000
const LOOK_EVERY_MS = MINUTE
const LONGEST_MS = 14 * DAY

export interface CohortQuery {
  state?: string
  limit: number
  cursor?: string
}

/** Findings of one transaction: a notice that thousands join is read and written once. */
export interface CohortSession {
  /**
   * A finding stands: it joins the notice of what it shares, or opens it. Sets the alert's `cohort` and `heldUntil`.
   * @param save puts the alert into its table, where it is counted
   */
  consider(alert: Alert, save: () => Promise<void>): Promise<void>
  /** Writes what has changed. */
  flush(): Promise<void>
}

export interface Cohorts {
  session(tx: UnitOfWork): CohortSession
  /** Time passed: people are told, and what is over ends. */
  tick(tx: UnitOfWork, now: Millis, apart?: Apart): Promise<void>
  get(id: string): Promise<CohortNotice>
  list(query: CohortQuery): Promise<{ items: CohortNotice[]; next?: string }>
}

interface Suspicion {
  cause: CohortCause
  by: CohortKey
  cohort: string
  kind?: string
  failureMode: string
}

/** Notices of what many appliances share. All state is in the database: what is committed survives a kill. */
export function openCohorts(options: {
  database: Database
  catalog: Catalog
  announcer: Announcer
  fleet: CohortIndex
  render: Render
  rules: () => CohortRules
}): Cohorts {
  const { database, catalog, announcer, fleet, render } = options
  let nextLook = Number.NEGATIVE_INFINITY

  /** What this finding may share with others; the first that holds is its cause. */
  function suspicions(alert: Alert): Suspicion[] {
    const { region, firmware, batch } = fleet.of(alert.appliance)
    const { kind, failureMode } = alert
    if (failureMode === 'silent') return region ? [{ cause: 'outage', by: 'region', cohort: region, failureMode }] : []
    if (alert.severity === 'info' || failureMode === 'unknown' || failureMode === 'sensor-stuck') return []
    const { weather } = catalog.failureMode(kind, failureMode)
    return [
      ...(region && weather ? [{ cause: 'weather', by: 'region', cohort: region, kind, failureMode } as const] : []),
      ...(firmware ? [{ cause: 'campaign', by: 'firmware', cohort: firmware, kind, failureMode } as const] : []),
      ...(batch ? [{ cause: 'campaign', by: 'batch', cohort: batch, kind, failureMode } as const] : []),
    ]
  }

  const found = (tx: UnitOfWork, { kind, failureMode }: Suspicion, from: Millis, to: Millis) => {
    const query = tx
      .selectFrom('alert')
      .where('failureMode', '=', failureMode)
      .where('sortAt', '>=', from)
      .where('sortAt', '<=', to)
      .where('openedAt', 'is not', null)
    return kind === undefined ? query : query.where('kind', '=', kind)
  }
  const countOf = async (query: ReturnType<typeof found>): Promise<number> => {
    const row = await query.select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
    return Number(row.count)
  }

  /** Opens the notice if chance does not explain what stands around this finding. */
  async function openFor(tx: UnitOfWork, alert: Alert, one: Suspicion): Promise<CohortNotice | undefined> {
    const rules = options.rules()
    const rule = rules[one.cause]
    const at = alert.openedAt ?? alert.firstSeenAt
    const [from, to] = [at - rule.windowHours * HOUR, at + rule.windowHours * HOUR]
    const around = found(tx, one, from, to).where(one.by, '=', one.cohort).where('cohort', 'is', null)
    const counted = await around
      .select((eb) => eb.fn.count<number>('home').distinct().as('homes'))
      .executeTakeFirstOrThrow()
    const homes = Number(counted.homes)
    if (homes < rules.fewestHomes) return undefined
    const size = fleet.size(one.by, one.cohort, one.kind)
    const total = fleet.total(one.kind)
    const chance = cohortChance(
      {
        homes,
        size,
        elsewhere:
          one.cause === 'outage'
            ? null
            : {
                found: await countOf(
                  found(tx, one, from, to).where((eb) => eb.or([eb(one.by, '!=', one.cohort), eb(one.by, 'is', null)])),
                ),
                size: total - size,
              },
        before: {
          found: await countOf(found(tx, one, from - PAST_MS, from - 1).where('cohort', 'is', null)),
          applianceYears: (total * PAST_MS) / (365 * DAY),
        },
        looks:
          fleet.count(one.by) * Math.max(1, Object.keys(catalog.kinds.get(one.kind ?? '')?.failureModes ?? {}).length),
      },
      rule,
    )
    if (!isShared(homes, chance.falsePerYear, rules)) return undefined
    const until = holdUntil(one.cause, one.by, at, rules)
    const notice: CohortNotice = {
      id: `co-${hash64(`${keyOf(one)}/${alert.id}`)}`,
      ...one,
      state: 'open',
      openedAt: at,
      lastAt: at,
      joined: 0,
      standing: 0,
      size,
      ...chance,
      ...(until === undefined ? {} : { holdUntil: until }),
      toldOf: 0,
    }
    const members = await around.select('body').orderBy('sortAt').orderBy('id').limit(MOST_AT_ONCE).execute()
    for (const other of members.map(toAlert)) {
      if (other.id === alert.id) continue
      join(notice, other, [])
      await saveAlert(tx, other)
    }
    return notice
  }

  /** The finding becomes part of the notice. The caller saves both. */
  function join(notice: CohortNotice, alert: Alert, others: readonly number[]): void {
    alert.cohort = notice.id
    notice.joined++
    if (alert.state === 'open' || alert.state === 'acknowledged') notice.standing++
    notice.lastAt = Math.max(notice.lastAt, alert.openedAt ?? alert.firstSeenAt)
    const fails = (alert.remainingLife?.p10 ?? Number.POSITIVE_INFINITY) <= 1
    if (notice.holdUntil !== undefined && !alert.ticket && !fails && !isBeyond(strengthOf(alert), others))
      alert.heldUntil = notice.holdUntil
  }

  const strengths = async (tx: UnitOfWork, notice: string, but: string): Promise<number[]> => {
    const rows = await tx
      .selectFrom('alert')
      .select('body')
      .where('cohort', '=', notice)
      .where('id', '!=', but)
      .orderBy('sortAt', 'desc')
      .limit(MOST_COMPARED)
      .execute()
    return rows.map((row) => strengthOf(toAlert(row)))
  }

  async function announce(tx: UnitOfWork, notice: CohortNotice, now: Millis): Promise<void> {
    const { title, body } = describeCohort(notice, catalog)
    await announcer.announce(tx, {
      key: `${notice.id}/${notice.state}/${notice.joined}`,
      to: { role: 'desk' },
      title: render(title),
      body: render(body),
      at: now,
      link: notice.cause === 'campaign' ? '/quality' : `/alerts?cohort=${notice.id}`,
    })
  }

  /** What time does to one notice. @returns whether it changed */
  function pass(notice: CohortNotice, standing: number, now: Millis): boolean {
    const rules = options.rules()
    const settled = now - notice.lastAt >= rules.tellAfterMinutes * MINUTE
    const before = `${notice.standing}/${notice.state}`
    notice.standing = standing
    const over =
      (settled && standing <= rules.endsAtShare * notice.joined) ||
      (notice.holdUntil !== undefined && now >= notice.holdUntil) ||
      now - notice.lastAt > Math.max(LONGEST_MS, rules[notice.cause].windowHours * HOUR)
    if (over) Object.assign(notice, { state: 'closed', closedAt: now })
    return before !== `${notice.standing}/${notice.state}`
  }

  return {
    session(tx) {
      /** By key; null: none stands. */
      const known = new Map<string, CohortNotice | null>()
      const changed = new Set<CohortNotice>()
      async function standingOf(one: Suspicion): Promise<CohortNotice | null> {
        const key = keyOf(one)
        const there = known.get(key)
        if (there !== undefined) return there
        const row = await tx
          .selectFrom('cohortNotice')
          .select('body')
          .where('state', '=', 'open')
          .where('key', '=', key)
          .executeTakeFirst()
        const found = row ? toNotice(row) : null
        known.set(key, found)
        return found
      }
      return {
        async consider(alert, save) {
          const at = alert.openedAt ?? alert.firstSeenAt
          if (alert.cohort) {
            // It may go beyond the others later than it came.
            if (alert.heldUntil === undefined) return
            if (isBeyond(strengthOf(alert), await strengths(tx, alert.cohort, alert.id))) delete alert.heldUntil
            return
          }
          for (const one of suspicions(alert)) {
            const windowMs = options.rules()[one.cause].windowHours * HOUR
            let notice = await standingOf(one)
            if (notice && !(at >= notice.openedAt - windowMs && at <= notice.lastAt + windowMs)) continue
            if (!notice) {
              await save()
              notice = (await openFor(tx, alert, one)) ?? null
              if (!notice) continue
              known.set(keyOf(one), notice)
            }
            const others = notice.holdUntil === undefined ? [] : await strengths(tx, notice.id, alert.id)
            join(notice, alert, others)
            changed.add(notice)
            return
          }
        },
        async flush() {
          for (const notice of changed) await saveNotice(tx, notice)
          changed.clear()
        },
      }
    },
    async tick(tx, now, apart = together) {
      if (now < nextLook) return
      nextLook = now + LOOK_EVERY_MS
      const open = await tx
        .selectFrom('cohortNotice')
        .select(['id', 'body'])
        .where('state', '=', 'open')
        .orderBy('openedAt')
        .limit(MOST_OPEN)
        .execute()
      if (open.length === 0) return
      const rows = await tx
        .selectFrom('alert')
        .select(['cohort', (eb) => eb.fn.countAll<number>().as('count')])
        .where(
          'cohort',
          'in',
          open.map(({ id }) => id),
        )
        .where('state', 'in', ['open', 'acknowledged'])
        .groupBy('cohort')
        .execute()
      const counts = new Map(rows.map(({ cohort, count }) => [cohort, Number(count)]))
      const { tellAfterMinutes } = options.rules()
      async function look(notice: CohortNotice): Promise<void> {
        const changed = pass(notice, counts.get(notice.id) ?? 0, now)
        const settled = now - notice.lastAt >= tellAfterMinutes * MINUTE
        const tells = notice.state === 'closed' || (settled && notice.joined >= 2 * Math.max(1, notice.toldOf))
        if (notice.state === 'closed') {
          await tx
            .updateTable('alert')
            .set({ heldUntil: now })
            .where('cohort', '=', notice.id)
            .where('heldUntil', '>', now)
            .execute()
        }
        if (tells) {
          notice.toldOf = notice.joined
          await announce(tx, notice, now)
        }
        if (changed || tells) await saveNotice(tx, notice)
      }
      for (const row of open) await apart.each(tx, 'notice', row.id, () => look(toNotice(row)))
    },
    async get(id) {
      const row = await database.query.selectFrom('cohortNotice').select('body').where('id', '=', id).executeTakeFirst()
      if (!row) throw notFound('notice', id)
      return toNotice(row)
    },
    async list({ state, limit, cursor }) {
      let query = database.query.selectFrom('cohortNotice').select(['id', 'openedAt', 'body'])
      if (state) query = query.where('state', '=', state)
      if (cursor) {
        const [at, after] = cursor.split('.') as [string, string]
        query = query.where((eb) =>
          eb.or([eb('openedAt', '<', Number(at)), eb.and([eb('openedAt', '=', Number(at)), eb('id', '<', after)])]),
        )
      }
      const rows = await query
        .orderBy('openedAt', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute()
      const last = rows[limit - 1]
      const items = rows.slice(0, limit).map(toNotice)
      return rows.length > limit && last ? { items, next: `${last.openedAt}.${last.id}` } : { items }
    },
  }
}
