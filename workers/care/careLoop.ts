import {
  type Appliance,
  type Clock,
  type Database,
  HOUR,
  isInService,
  type Millis,
  type TelemetryStore,
} from '../../core/index.ts'
import type { CareService } from '../../service/index.ts'
import { repeatRounds } from './repeatRounds.ts'

/** So often, by the world's clock, it is looked what is due. */
const EVERY_MS = HOUR
/** Appliances that are asked for, and decided, at once. */
const AT_ONCE = 50
const MOST_ROWS = 500_000
const WITHIN_MS = 60_000

interface CareRoundOptions {
  care: CareService
  store: Pick<TelemetryStore, 'found'>
  database: Database
  clock: Clock
  appliances: () => readonly Appliance[]
}
interface CareLoopOptions extends CareRoundOptions {
  onRetryableError: (what: string, error: unknown) => void
}

type Plan = ReturnType<CareService['counted']>[number]['plan']

/** What was counted of one plan on one appliance, up to when. */
interface Tally {
  upTo: Millis
  used: number
}

/**
 * Does what use, the calendar and contracts have made due. What was used is counted from what the store keeps, from its
 * beginning at each start: nothing but what was done is written down, so a restart repeats and loses nothing.
 * @returns one look, which does nothing where it is not yet time for one
 */
export function careRounds({ care, store, database, clock, appliances }: CareRoundOptions) {
  const tallies = new Map<string, Tally>()
  let lookedAt = Number.NEGATIVE_INFINITY

  async function count(now: Millis, isClosed: () => boolean): Promise<void> {
    const wanted = care.counted()
    const plans = Map.groupBy(wanted, ({ plan }) => plan)
    for (const [plan, all] of plans)
      for (let i = 0; i < all.length && !isClosed(); i += AT_ONCE) {
        const some = all.slice(i, i + AT_ONCE)
        await add(
          plan,
          some.map(({ appliance }) => appliance),
          now,
        )
        await database.transaction(async (tx) => {
          for (const one of some) await care.used(tx, one, tallyOf(one.appliance, plan).used)
        })
      }
  }
  /** A plan that counts something else from now on counts it from the beginning. */
  const tallyOf = (appliance: string, { id, every }: Plan): Tally => {
    const key = `${appliance} ${id} ${JSON.stringify(every)}`
    const known = tallies.get(key) ?? { upTo: 0, used: 0 }
    tallies.set(key, known)
    return known
  }

  /** Those of one plan are mostly counted up to the same moment: each is asked for from its own. */
  async function add(plan: Plan, ids: string[], now: Millis): Promise<void> {
    const { every } = plan
    if ('months' in every) return
    const what =
      'feature' in every
        ? ({ of: 'feature', feature: every.feature } as const)
        : ({ of: 'cycle', cycle: every.cycle } as const)
    for (const [from, of] of Map.groupBy(ids, (id) => tallyOf(id, plan).upTo)) {
      const rows = await store.found({ appliances: of, from, to: now, what, most: MOST_ROWS, withinMs: WITHIN_MS })
      for (let r = 0; r < rows.at.length; r++) {
        const tally = tallyOf(rows.appliances[rows.applianceIndex[r] ?? -1] ?? '', plan)
        const value = rows.value[r] ?? 0
        tally.used += 'count' in every ? 1 : 'hours' in every ? value / 60 : Number.isFinite(value) ? value : 0
      }
      for (const id of of) tallyOf(id, plan).upTo = now
    }
  }

  async function passTime(isClosed: () => boolean): Promise<void> {
    const all = appliances().filter(isInService)
    for (let i = 0; i < all.length && !isClosed(); i += AT_ONCE)
      await database.transaction((tx) =>
        care.passTime(
          tx,
          all.slice(i, i + AT_ONCE).map(({ id }) => id),
        ),
      )
  }

  return async (isClosed: () => boolean = () => false): Promise<void> => {
    const now = clock.now()
    if (now - lookedAt < EVERY_MS) return
    try {
      await count(now, isClosed)
      await passTime(isClosed)
    } catch (error) {
      // What is due stays due.
      care.forget()
      throw error
    }
    lookedAt = now
  }
}

/** Looks again and again. */
export const openCareLoop = ({ onRetryableError, ...options }: CareLoopOptions) =>
  repeatRounds(careRounds(options), (error) => onRetryableError('care', error))
