import { ownersNotices } from '../../alerts/index.ts'
import { type Appliance, DAY, isInService, type Millis, personOf } from '../../core/index.ts'
import type { ApiContext } from './apiContext.ts'
import { everyPage } from './paging.ts'
import { BYTE_ORDER_MARK, csvLine } from './tables/csv.ts'

export type PersonalContext = Pick<
  ApiContext,
  | 'alerts'
  | 'catalog'
  | 'clock'
  | 'commands'
  | 'consents'
  | 'database'
  | 'desk'
  | 'registry'
  | 'shares'
  | 'store'
  | 'wall'
>

/** A range with no more readings than this is answered as it is: a day at one a second. */
const POINTS_A_DAY = 100_000
const PAGE = 1_000
const FORMAT = 'hearthwatch-personal-data/1'

/** All that belongs to the same person. */
export const appliancesOf = ({ registry }: Pick<ApiContext, 'registry'>, { id, owner }: Appliance): Appliance[] => {
  const person = personOf(id, owner)
  return registry.all().filter((one) => isInService(one) && personOf(one.id, one.owner) === person)
}

/**
 * All that is known of an owner and their appliances, with what a reader needs to understand it without us: each kind's
 * metrics with units, cadence and states (EU 2023/2854, art. 4: complete, structured, machine-readable, with its metadata).
 * One JSON document, written a day of readings at a time.
 */
export async function* personalJson(context: PersonalContext, of: Appliance): AsyncGenerator<string> {
  const { consents, wall } = context
  const about = {
    format: FORMAT,
    madeAt: wall.now(),
    times: 'milliseconds since 1970-01-01T00:00:00Z',
    person: of.owner ?? null,
    consents: await consents.of(personOf(of.id, of.owner)),
  }
  yield `${JSON.stringify(about, null, 1).slice(0, -2)},\n "appliances": [`
  let first = true
  for (const appliance of appliancesOf(context, of)) {
    yield `${first ? '' : ','}\n${JSON.stringify(await factsOf(context, appliance), null, 1).slice(0, -2)},\n "readings": [`
    first = false
    let isFirstDay = true
    for await (const day of days(context, appliance)) {
      yield `${isFirstDay ? '' : ','}\n  ${JSON.stringify(day)}`
      isFirstDay = false
    }
    yield ']}'
  }
  yield ']}\n'
}

async function factsOf(context: PersonalContext, appliance: Appliance) {
  const { alerts, catalog, clock, commands, database, desk, shares, store } = context
  const { id } = appliance
  const { metricIndex: _, detection: _detection, ...kind } = catalog.kind(appliance.kind)
  const end = clock.now() + 1
  return {
    registration: appliance,
    kind,
    // What people of the desk write to each other of an alert is not data of the owner.
    alerts: (await everyPage((cursor) => alerts.list({ appliance: id, limit: PAGE, ...cursor }))).map(
      ({ notes: _notes, acknowledgedBy: _by, assignedTo: _to, ...alert }) => alert,
    ),
    // The link to a ticket's page is not data of it.
    tickets: (await everyPage((cursor) => desk.list({ appliance: id, limit: PAGE, ...cursor }))).map(
      ({ ownerLink: _link, candidates: _candidates, ...ticket }) => ticket,
    ),
    notices: await ownersNotices(database, id),
    commands: await everyPage((cursor) => commands.list(id, { limit: PAGE, ...cursor })),
    shares: (await shares.of(id)).map(({ path: _path, ...share }) => share),
    events: await store.events(id, 0, end),
    cycles: await store.cycles(id, 0, end),
    features: await store.features(id, null, 0, end),
  }
}

interface Day {
  ts: Millis[]
  /** Metric → its values, by the order of `ts`; in the catalog's unit. */
  values: Record<string, (number | null)[]>
}

/** Raw readings, day by day from the first that is kept. */
async function* days({ clock, store }: PersonalContext, { id, kind }: Appliance): AsyncGenerator<Day> {
  const end = clock.now() + 1
  const begin = await store.firstHour({ appliance: id, kind })
  if (begin === undefined) return
  for (let from = begin - (begin % DAY); from < end; from += DAY) {
    const { ts, series } = await store.series({ appliance: id, kind, from, to: from + DAY, points: POINTS_A_DAY })
    if (ts.length > 0)
      yield { ts, values: Object.fromEntries(Object.entries(series).map(([metric, { mean }]) => [metric, mean])) }
  }
}

/** The readings of one appliance as a table: a column a metric with its unit, empty where it was not sent. */
export async function* readingsCsv(context: PersonalContext, appliance: Appliance): AsyncGenerator<string> {
  const { metrics } = context.catalog.kind(appliance.kind)
  const names = Object.keys(metrics)
  yield BYTE_ORDER_MARK +
    csvLine(['appliance', 'time', 'ts', ...names.map((name) => `${name} (${metrics[name]?.unit})`)])
  for await (const { ts, values } of days(context, appliance))
    yield ts
      .map((at, i) =>
        csvLine([appliance.id, new Date(at).toISOString(), at, ...names.map((name) => values[name]?.[i] ?? '')]),
      )
      .join('')
}
