// What a real world teaches: how appliances stood when alerts opened, and what engineers then found.
import { type DiagnosisCase, type LifeCase, planDetection, type Retraced, retrace } from '../../analytics/index.ts'
import type { Catalog } from '../../catalog/index.ts'
import { type Alert, DAY, type Database, HOUR, type Mark, type TelemetryStore, type Ticket } from '../../core/index.ts'
import type { Witnessed } from './witnessFleet.ts'

/** So long before the opening rows are followed, for the averages and the growth to be what they were. */
const FOLLOWED_MS = 45 * DAY
/** Rows of one closure. */
const MOST_ROWS = 8

/**
 * Every closed ticket of an alert, and every alert that somebody marked without a visit, with what stood in the store: its features, kept for years. A closure names what was
 * wrong (`none`: nothing was), and how long the appliance lasted at least: it was repaired before it failed.
 */
export async function witnessWorld(
  database: Pick<Database, 'query'>,
  store: Pick<TelemetryStore, 'features'>,
  catalog: Catalog,
): Promise<Witnessed> {
  const witnessed: Witnessed = { diagnosis: {}, life: {} }
  const rows = await database.query
    .selectFrom('ticket')
    .innerJoin('alert', 'alert.ticket', 'ticket.id')
    .where('ticket.source', '=', 'predicted')
    .where('ticket.closedAt', 'is not', null)
    .select(['ticket.kind as kind', 'ticket.body as ticket', 'alert.body as alert'])
    .orderBy('ticket.createdAt')
    .execute()
  await witnessMarks(database, store, catalog, witnessed, rows.length)
  for (const [nth, row] of rows.entries()) {
    const { closure, appliance } = JSON.parse(row.ticket) as Ticket
    const { openedAt } = JSON.parse(row.alert) as Alert
    if (!closure || openedAt === undefined || !catalog.kinds.has(row.kind)) continue
    const features = await store.features(appliance, null, openedAt - FOLLOWED_MS, closure.at)
    const told = retrace(planDetection(catalog.kind(row.kind)), features)
    const { diagnosis, life } = casesOf(told, { appliance, nth, cause: closure.cause, openedAt, closedAt: closure.at })
    witnessed.diagnosis[row.kind] = [...(witnessed.diagnosis[row.kind] ?? []), ...diagnosis]
    witnessed.life[row.kind] = [...(witnessed.life[row.kind] ?? []), ...life]
  }
  return witnessed
}

/**
 * What people said of alerts without a visit: that it was no fault here, or which one it is. Nothing was repaired, so
 * nothing is learned of how long anything lasts.
 */
async function witnessMarks(
  database: Pick<Database, 'query'>,
  store: Pick<TelemetryStore, 'features'>,
  catalog: Catalog,
  witnessed: Witnessed,
  before: number,
): Promise<void> {
  const rows = await database.query
    .selectFrom('alertMark')
    .innerJoin('alert', 'alert.id', 'alertMark.alert')
    .where('alertMark.undoneAt', 'is', null)
    .select(['alertMark.body as mark', 'alert.body as alert'])
    .orderBy('alertMark.at')
    .orderBy('alertMark.id')
    .execute()
  const seen = new Set<string>()
  for (const [nth, row] of rows.entries()) {
    const { appliance, alert, at, failureMode, verdict, visit } = JSON.parse(row.mark) as Mark
    // What a visit found its closure teaches.
    if (visit !== undefined) continue
    const { openedAt, kind } = JSON.parse(row.alert) as Alert
    // Of an alert that several marked the first teaches.
    if (openedAt === undefined || !catalog.kinds.has(kind) || seen.has(alert)) continue
    seen.add(alert)
    const cause = verdict === 'normal-here' ? 'none' : failureMode
    const features = await store.features(appliance, null, openedAt - FOLLOWED_MS, at)
    const told = retrace(planDetection(catalog.kind(kind)), features)
    const { diagnosis } = casesOf(told, { appliance, nth: before + nth, cause, openedAt, closedAt: at })
    witnessed.diagnosis[kind] = [...(witnessed.diagnosis[kind] ?? []), ...diagnosis]
  }
}

/** What one closure teaches. @param told of its appliance, in order @param about.nth puts it into a fold */
export function casesOf(
  told: readonly Retraced[],
  about: { appliance: string; nth: number; cause: string; openedAt: number; closedAt: number },
): { diagnosis: DiagnosisCase[]; life: LifeCase[] } {
  const { appliance, nth, cause, openedAt, closedAt } = about
  const opening = told.findLastIndex(({ at }) => at <= openedAt)
  if (opening < 0) return { diagnosis: [], life: [] }
  const rows = told.slice(opening, opening + MOST_ROWS)
  const mode = cause === 'none' ? null : cause
  return {
    diagnosis: rows.map(({ profile }, i) => ({
      appliance: `${appliance}/${openedAt}`,
      fold: nth,
      mode,
      profile,
      opens: i === 0,
    })),
    life:
      mode === null
        ? []
        : rows.map(({ at, life }, i) => ({
            appliance: `${appliance}/${openedAt}`,
            mode,
            family: 'world',
            inputs: life,
            hours: (closedAt - at) / HOUR,
            censored: true,
            opens: i === 0,
          })),
  }
}
