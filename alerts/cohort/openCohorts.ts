import type { Catalog } from '../../catalog/index.ts'
import {
  type Announcer,
  type CohortIndex,
  type CohortNotice,
  DAY,
  type Database,
  HOUR,
  MINUTE,
  type Millis,
  notFound,
  type Render,
  type UnitOfWork,
} from '../../core/index.ts'
import { type Apart, readable, together } from '../../database/index.ts'
import { type CohortSession, TransactionCohorts } from './cohortSession.ts'
import { saveNotice, toNotice } from './cohortTable.ts'
import type { CohortRules } from './decideCohort.ts'
import { describeCohort } from './describeCohort.ts'

const MOST_OPEN = 1_000
const LOOK_EVERY_MS = MINUTE
const LONGEST_MS = 14 * DAY

export interface CohortQuery {
  state?: string
  limit: number
  cursor?: string
}

export interface Cohorts {
  session(tx: UnitOfWork): CohortSession
  /** Time passed: people are told, and what is over ends. */
  tick(tx: UnitOfWork, now: Millis, apart?: Apart): Promise<void>
  get(id: string): Promise<CohortNotice>
  list(query: CohortQuery): Promise<{ items: CohortNotice[]; next?: string }>
}

interface CohortsOptions {
  database: Database
  catalog: Catalog
  announcer: Announcer
  fleet: CohortIndex
  render: Render
  rules: () => CohortRules
}

/** Notices of what many appliances share. All state is in the database: what is committed survives a kill. */
export const openCohorts = (options: CohortsOptions): Cohorts => new CohortBook(options)

class CohortBook implements Cohorts {
  readonly #options: CohortsOptions
  #nextLook = Number.NEGATIVE_INFINITY
  constructor(options: CohortsOptions) {
    this.#options = options
  }

  session(tx: UnitOfWork): CohortSession {
    return new TransactionCohorts(this.#options, tx)
  }
  async tick(tx: UnitOfWork, now: Millis, apart: Apart = together): Promise<void> {
    if (now < this.#nextLook) return
    this.#nextLook = now + LOOK_EVERY_MS
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
    for (const row of open)
      await apart.each(tx, 'notice', row.id, () => this.#look(tx, toNotice(row), counts.get(row.id) ?? 0, now))
  }
  async get(id: string): Promise<CohortNotice> {
    const row = await this.#options.database.query
      .selectFrom('cohortNotice')
      .select(['id', 'body'])
      .where('id', '=', id)
      .executeTakeFirst()
    if (!row) throw notFound('notice', id)
    return toNotice(row)
  }
  async list({ state, limit, cursor }: CohortQuery): ReturnType<Cohorts['list']> {
    let query = this.#options.database.query.selectFrom('cohortNotice').select(['id', 'openedAt', 'body'])
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
    const items = readable(rows.slice(0, limit), toNotice)
    return rows.length > limit && last ? { items, next: `${last.openedAt}.${last.id}` } : { items }
  }

  async #look(tx: UnitOfWork, notice: CohortNotice, standing: number, now: Millis): Promise<void> {
    const { tellAfterMinutes } = this.#options.rules()
    const changed = this.#pass(notice, standing, now)
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
      await this.#announce(tx, notice, now)
    }
    if (changed || tells) await saveNotice(tx, notice)
  }
  /** What time does to one notice. @returns whether it changed */
  #pass(notice: CohortNotice, standing: number, now: Millis): boolean {
    const rules = this.#options.rules()
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

  async #announce(tx: UnitOfWork, notice: CohortNotice, now: Millis): Promise<void> {
    const { title, body } = describeCohort(notice, this.#options.catalog)
    await this.#options.announcer.announce(tx, {
      key: `${notice.id}/${notice.state}/${notice.joined}`,
      to: { role: 'desk' },
      title: this.#options.render(title),
      body: this.#options.render(body),
      at: now,
      link: notice.cause === 'campaign' ? '/quality' : `/alerts?cohort=${notice.id}`,
    })
  }
}
