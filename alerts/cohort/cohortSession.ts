import type { Catalog } from '../../catalog/index.ts'
import {
  type Alert,
  type CohortCause,
  type CohortIndex,
  type CohortKey,
  type CohortNotice,
  DAY,
  HOUR,
  hash64,
  type Millis,
  type UnitOfWork,
} from '../../core/index.ts'
import { saveAlert, toAlerts } from '../alertTable.ts'
import { keyOf, saveNotice, toNotice } from './cohortTable.ts'
import { type CohortRules, cohortChance, holdUntil, isBeyond, isShared, PAST_MS, strengthOf } from './decideCohort.ts'

/** Findings that join when a notice opens; the others stand by themselves. */
const MOST_AT_ONCE = 5_000
/** More findings than these are not needed to know how strong they are. */
const MOST_COMPARED = 64

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

interface Suspicion {
  cause: CohortCause
  by: CohortKey
  cohort: string
  kind?: string
  failureMode: string
}

export interface CohortSessionOptions {
  catalog: Catalog
  fleet: CohortIndex
  rules: () => CohortRules
}

export class TransactionCohorts implements CohortSession {
  readonly #options: CohortSessionOptions
  readonly #tx: UnitOfWork
  /** By key; null: none stands. */
  readonly #known = new Map<string, CohortNotice | null>()
  readonly #changed = new Set<CohortNotice>()
  constructor(options: CohortSessionOptions, tx: UnitOfWork) {
    this.#options = options
    this.#tx = tx
  }

  async consider(alert: Alert, save: () => Promise<void>): Promise<void> {
    const at = alert.openedAt ?? alert.firstSeenAt
    if (alert.cohort) {
      // It may go beyond the others later than it came.
      if (alert.heldUntil === undefined) return
      if (isBeyond(strengthOf(alert), await this.#strengths(alert.cohort, alert.id))) delete alert.heldUntil
      return
    }
    for (const one of this.#suspicions(alert)) {
      const windowMs = this.#options.rules()[one.cause].windowHours * HOUR
      let notice = await this.#standingOf(one)
      if (notice && !(at >= notice.openedAt - windowMs && at <= notice.lastAt + windowMs)) continue
      if (!notice) {
        await save()
        notice = (await this.#openFor(alert, one)) ?? null
        if (!notice) continue
        this.#known.set(keyOf(one), notice)
      }
      const others = notice.holdUntil === undefined ? [] : await this.#strengths(notice.id, alert.id)
      join(notice, alert, others)
      this.#changed.add(notice)
      return
    }
  }
  async flush(): Promise<void> {
    for (const notice of this.#changed) await saveNotice(this.#tx, notice)
    this.#changed.clear()
  }

  async #standingOf(one: Suspicion): Promise<CohortNotice | null> {
    const key = keyOf(one)
    const there = this.#known.get(key)
    if (there !== undefined) return there
    const row = await this.#tx
      .selectFrom('cohortNotice')
      .select(['id', 'body'])
      .where('state', '=', 'open')
      .where('key', '=', key)
      .executeTakeFirst()
    const found = row ? toNotice(row) : null
    this.#known.set(key, found)
    return found
  }
  /** What this finding may share with others; the first that holds is its cause. */
  #suspicions(alert: Alert): Suspicion[] {
    const { region, firmware, batch } = this.#options.fleet.of(alert.appliance)
    const { kind, failureMode } = alert
    if (failureMode === 'silent') return region ? [{ cause: 'outage', by: 'region', cohort: region, failureMode }] : []
    if (alert.severity === 'info' || failureMode === 'unknown' || failureMode === 'sensor-stuck') return []
    const { weather } = this.#options.catalog.failureMode(kind, failureMode)
    return [
      ...(region && weather ? [{ cause: 'weather', by: 'region', cohort: region, kind, failureMode } as const] : []),
      ...(firmware ? [{ cause: 'campaign', by: 'firmware', cohort: firmware, kind, failureMode } as const] : []),
      ...(batch ? [{ cause: 'campaign', by: 'batch', cohort: batch, kind, failureMode } as const] : []),
    ]
  }

  /** Opens the notice if chance does not explain what stands around this finding. */
  async #openFor(alert: Alert, one: Suspicion): Promise<CohortNotice | undefined> {
    const rules = this.#options.rules()
    const rule = rules[one.cause]
    const at = alert.openedAt ?? alert.firstSeenAt
    const [from, to] = [at - rule.windowHours * HOUR, at + rule.windowHours * HOUR]
    const around = found(this.#tx, one, from, to).where(one.by, '=', one.cohort).where('cohort', 'is', null)
    const counted = await around
      .select((eb) => eb.fn.count<number>('home').distinct().as('homes'))
      .executeTakeFirstOrThrow()
    const homes = Number(counted.homes)
    if (homes < rules.fewestHomes) return undefined
    const size = this.#options.fleet.size(one.by, one.cohort, one.kind)
    const total = this.#options.fleet.total(one.kind)
    const chance = cohortChance(
      {
        homes,
        size,
        elsewhere:
          one.cause === 'outage'
            ? null
            : {
                found: await countOf(
                  found(this.#tx, one, from, to).where((eb) =>
                    eb.or([eb(one.by, '!=', one.cohort), eb(one.by, 'is', null)]),
                  ),
                ),
                size: total - size,
              },
        before: {
          found: await countOf(found(this.#tx, one, from - PAST_MS, from - 1).where('cohort', 'is', null)),
          applianceYears: (total * PAST_MS) / (365 * DAY),
        },
        looks:
          this.#options.fleet.count(one.by) *
          Math.max(1, Object.keys(this.#options.catalog.kinds.get(one.kind ?? '')?.failureModes ?? {}).length),
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
    const members = await around.select(['id', 'body']).orderBy('sortAt').orderBy('id').limit(MOST_AT_ONCE).execute()
    for (const other of toAlerts(members)) {
      if (other.id === alert.id) continue
      join(notice, other, [])
      await saveAlert(this.#tx, other)
    }
    return notice
  }

  async #strengths(notice: string, but: string): Promise<number[]> {
    const rows = await this.#tx
      .selectFrom('alert')
      .select(['id', 'body'])
      .where('cohort', '=', notice)
      .where('id', '!=', but)
      .orderBy('sortAt', 'desc')
      .limit(MOST_COMPARED)
      .execute()
    return toAlerts(rows).map(strengthOf)
  }
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
