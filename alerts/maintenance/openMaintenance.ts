import {
  type Alert,
  type AlertId,
  type Announcer,
  because,
  type Clock,
  type Cut,
  DAY,
  type Database,
  hash64,
  type Maintenance,
  type MaintenanceScope,
  type Millis,
  notFound,
  Problem,
  type Render,
  type UnitOfWork,
  upTo,
} from '../../core/index.ts'
import { type Apart, together } from '../../database/index.ts'
import { covers, endOf, type MaintainedAs, subjectOf } from './covers.ts'
import { heldOf } from './heldOf.ts'
import { endingAfter, maintenanceOf, newestMaintenances, noteHeld, saveMaintenance } from './maintenanceTable.ts'

/** It is for work under way: what goes on for longer is another thing. */
export const LONGEST_MAINTENANCE_MS = 30 * DAY
const MOST_RUNNING = 200
/** Readings that come late may still speak of what ended within this time. */
const LATE_MS = 2 * DAY
const MOST_KNOWN = 1_000
const MOST_SHOWN = 50
const MOST_HELD_SHOWN = 200

export interface MaintenanceView extends Maintenance {
  /** What it kept from opening, and has not opened since. */
  held: Alert[]
}

/** Who works where, so that what is found there meanwhile disturbs nobody. Held in memory as well: every alert asks. */
export interface MaintenanceBook {
  /** @throws Problem `no-home`, `maintenance-too-long`, `too-many-maintenances` */
  begin(
    appliance: MaintainedAs,
    asked: { scope: MaintenanceScope; until: Millis; why: string },
    by: string,
  ): Promise<MaintenanceView>
  /** Sooner than it would by itself. @throws Problem `not-found`, `maintenance-over` */
  end(id: string, by: string): Promise<MaintenanceView>
  /** Of one appliance, or all; the newest first. */
  list(appliance?: MaintainedAs): Promise<Cut<MaintenanceView>>
  /** Is somebody working there at this moment? */
  isUnder(appliance: string): boolean
  /** Those under which it is now, or was at `at` (what comes late speaks of then). */
  over(appliance: string, at: Millis): Maintenance[]
  /** An alert stays where it is for these. */
  hold(tx: UnitOfWork, ids: readonly string[], alert: AlertId): Promise<void>
  /** Those whose time is over end, and the desk is told what they held back. */
  tick(tx: UnitOfWork, now: Millis, apart?: Apart): Promise<void>
}

interface MaintenanceOptions {
  database: Database
  clock: Clock
  announcer: Announcer
  render: Render
  /** What is known of it; a gateway has no kind and no home. */
  about: (appliance: string) => MaintainedAs
}

export async function openMaintenance(options: MaintenanceOptions): Promise<MaintenanceBook> {
  const { database, clock, about } = options
  const known = new Map<string, Maintenance>()
  /** Ends that have been told. */
  const settled = new Set<string>()
  for (const one of await endingAfter(database.query, clock.now() - LATE_MS, MOST_KNOWN)) known.set(one.id, one)

  const viewOf = async (one: Maintenance): Promise<MaintenanceView> => ({
    ...one,
    held: await heldOf(database.query, one.id, MOST_HELD_SHOWN),
  })
  const over = (appliance: string, at: Millis): Maintenance[] => {
    if (known.size === 0) return []
    const it = about(appliance)
    const now = clock.now()
    return [...known.values()].filter((one) => covers(one, it, now) || covers(one, it, at))
  }
  async function settle(tx: UnitOfWork, id: string): Promise<void> {
    const one = await maintenanceOf(tx, id)
    if (!one) return
    // Only a commit makes it known that it has ended: until then the next turn tries again.
    if (one.ended) {
      known.set(id, one)
      settled.add(id)
      return
    }
    const ended: Maintenance = { ...one, ended: { at: one.until } }
    await saveMaintenance(tx, ended)
    await tellHeld(tx, options, ended)
  }

  return {
    over,
    isUnder: (appliance) => over(appliance, clock.now()).length > 0,
    hold: noteHeld,
    async begin(appliance, { scope, until, why }, by) {
      const from = clock.now()
      const one = begun(appliance, { scope, until, why, by, from })
      if ([...known.values()].filter((other) => endOf(other) > from).length >= MOST_RUNNING) throw tooMany()
      await database.transaction((tx) => saveMaintenance(tx, one))
      known.set(one.id, one)
      return viewOf(one)
    },
    async end(id, by) {
      const at = clock.now()
      const ended = await database.transaction(async (tx) => {
        const one = await maintenanceOf(tx, id)
        if (!one) throw notFound('maintenance', id)
        if (endOf(one) <= at) throw isOver(one)
        const now: Maintenance = { ...one, ended: { at, by } }
        await saveMaintenance(tx, now)
        await tellHeld(tx, options, now)
        return now
      })
      known.set(id, ended)
      return viewOf(ended)
    },
    async list(appliance) {
      const all = await newestMaintenances(database.query, MOST_KNOWN)
      const its = all.filter((one) => !appliance || subjectOf(appliance, one.scope) === one.of)
      const { items, ...more } = upTo(its.slice(0, MOST_SHOWN + 1), MOST_SHOWN)
      return { items: await Promise.all(items.map(viewOf)), ...more }
    },
    async tick(tx, now, apart = together) {
      for (const one of [...known.values()]) {
        if (endOf(one) > now) continue
        if (endOf(one) <= now - LATE_MS && settled.has(one.id)) {
          known.delete(one.id)
          settled.delete(one.id)
        } else if (!settled.has(one.id)) await apart.each(tx, 'maintenance', one.id, () => settle(tx, one.id))
      }
    },
  }
}

/** @throws Problem */
function begun(
  appliance: MaintainedAs,
  asked: { scope: MaintenanceScope; until: Millis; why: string; by: string; from: Millis },
): Maintenance {
  const of = subjectOf(appliance, asked.scope)
  if (of === undefined)
    throw new Problem({
      code: 'no-home',
      message: `It is not known to which home ${appliance.id} belongs.`,
      remedy: 'Begin it for the appliance alone, or register its home.',
      concerns: appliance.id,
      status: 409,
    })
  if (asked.until <= asked.from || asked.until > asked.from + LONGEST_MAINTENANCE_MS)
    throw new Problem({
      code: 'maintenance-too-long',
      message: `A maintenance ends within ${LONGEST_MAINTENANCE_MS / DAY} days, and not before it begins.`,
      remedy: 'Name an earlier end; it can be begun again.',
      concerns: appliance.id,
      status: 422,
    })
  const id = `mt-${hash64(`${asked.scope}/${of}/${asked.from}/${asked.by}`)}`
  return { id, of, appliance: appliance.id, ...asked }
}

/** Who works there has seen what happened; the desk is told that something waits for its word. */
async function tellHeld(tx: UnitOfWork, { announcer, render }: MaintenanceOptions, one: Maintenance): Promise<void> {
  const waiting = (await heldOf(tx, one.id, MOST_HELD_SHOWN)).filter(({ state }) => state !== 'closed')
  if (waiting.length === 0) return
  const about = { appliance: one.appliance }
  await announcer.announce(tx, {
    key: `maintenance/${one.id}/ended`,
    to: { role: 'desk' },
    title: render(because('maintenance-ended-title', about)),
    body: render(because('maintenance-ended', { count: waiting.length })),
    at: endOf(one),
    ...about,
    link: `/appliances/${encodeURIComponent(one.appliance)}`,
  })
}

const tooMany = (): Problem =>
  new Problem({
    code: 'too-many-maintenances',
    message: `${MOST_RUNNING} maintenances are under way.`,
    remedy: 'End some first, or begin one for a whole home or model.',
    status: 409,
  })
const isOver = (one: Maintenance): Problem =>
  new Problem({
    code: 'maintenance-over',
    message: `Maintenance ${one.id} is over.`,
    remedy: 'Nothing is held back by it any more.',
    concerns: one.id,
    status: 409,
  })
