import { type Appliance, type Hearing, isInService, type Millis } from '../../../core/index.ts'
import { statusOf } from '../../../service/index.ts'
import type { ApiContext } from '../apiContext.ts'

/** How an appliance fares, as the lists and the mosaic show it. */
export function healthOf({ health }: Pick<ApiContext, 'health'>, appliance: Appliance, hasTicket: boolean) {
  const row = health.of(appliance.id)
  return {
    online: health.online(appliance.id),
    status: statusOf(row, hasTicket),
    health: row?.health ?? 100,
  }
}

/** Why no reading of an appliance has ever counted. */
export interface Unheard {
  /** All that came was refused, or went to topics that nobody knows; it is connected and says nothing; or nothing came at all. */
  why: 'refused' | 'wrong-topic' | 'says-nothing' | 'not-connected'
  topic?: string
  lastRefused?: Hearing['lastRefused']
}

function unheardOf({ health, misdirected }: Pick<ApiContext, 'health' | 'misdirected'>, id: string): Unheard {
  const lastRefused = health.hearing(id)?.lastRefused
  if (lastRefused) return { why: 'refused', lastRefused }
  const [wrong] = misdirected(id)
  if (wrong) return { why: 'wrong-topic', topic: wrong.topic }
  return { why: health.online(id) ? 'says-nothing' : 'not-connected' }
}

/** So many are asked of the store at once. */
const ASKED_AT_ONCE = 1_000

/** Those of which no reading has ever counted. Who fares and is not refused was heard, and costs nothing. */
export async function onlyUnheard(
  { health, store }: Pick<ApiContext, 'health' | 'store'>,
  appliances: Appliance[],
): Promise<Appliance[]> {
  const unsure = appliances.filter(
    ({ id }) => health.firstHeard(id) === undefined || (health.hearing(id)?.refusedInARow ?? 0) > 0,
  )
  const unheard: Appliance[] = []
  for (let i = 0; i < unsure.length; i += ASKED_AT_ONCE) {
    const some = unsure.slice(i, i + ASKED_AT_ONCE)
    const latest = await store.latest(some.map(({ id }) => id))
    unheard.push(...some.filter(({ id }) => !latest.has(id)))
  }
  return unheard
}

export type ViewContext = Pick<ApiContext, 'alerts' | 'desk' | 'health' | 'misdirected' | 'store'>

/** Registry entries with how they fare, their last reading or why there is none, and the ids of what is open. */
export async function applianceViews(context: ViewContext, appliances: Appliance[]) {
  const ids = appliances.map(({ id }) => id)
  if (ids.length === 0) return []
  const [latest, alerts, tickets] = await Promise.all([
    context.store.latest(ids),
    context.alerts.standing(ids.length > 500 ? undefined : ids),
    context.desk.living(ids.length > 500 ? undefined : ids),
  ])
  return appliances.map((appliance) => ({
    ...appliance,
    ...healthOf(context, appliance, (tickets.get(appliance.id)?.length ?? 0) > 0),
    lastReading: latest.get(appliance.id) ?? null,
    ...(latest.has(appliance.id) || !isInService(appliance) ? {} : { unheard: unheardOf(context, appliance.id) }),
    alerts: alerts.get(appliance.id) ?? [],
    tickets: tickets.get(appliance.id) ?? [],
  }))
}

/** What an appliance says that does not count: for whoever wonders why it is not heard. */
export const heardOf = (hearing: Hearing | undefined) => ({
  droppedValues: hearing?.droppedValues ?? [],
  hints: hearing?.hints ?? [],
  refusedInARow: hearing?.refusedInARow ?? 0,
  ...(hearing?.lastRefused ? { lastRefused: hearing.lastRefused } : {}),
})

/** Why nothing is heard of an appliance; absent while it is heard. */
export type Quiet =
  /** It said so itself. */
  | { why: 'off'; since: Millis; until?: Millis }
  /** Its whole area fell silent. */
  | { why: 'outage'; alert: string; cohort: string; since: Millis }
  | { why: 'silent'; alert: string; since: Millis }
  /** The gateway that speaks for it went. */
  | { why: 'gateway'; alert: string; gateway: string; since: Millis }
  /** It talks, and all that it says is refused. */
  | { why: 'refused'; alert: string; since: Millis }

export type QuietContext = Pick<ApiContext, 'alerts' | 'clock' | 'health' | 'registry'>

/** Tells switched off, an outage of its area and its own silence apart. */
export async function quietOf(
  context: QuietContext,
  id: string,
  heardAt: Millis | undefined,
): Promise<Quiet | undefined> {
  const { off } = context.health.of(id) ?? {}
  const isOff = off && (off.until ?? Number.POSITIVE_INFINITY) > context.clock.now() && !((heardAt ?? 0) > off.since)
  if (isOff) return { why: 'off', ...off }
  const { items } = await context.alerts.list({ appliance: id, state: 'open,acknowledged', limit: 20 })
  const alert = items.find(({ failureMode }) => failureMode === 'silent' || failureMode === 'refused')
  if (!alert) return context.health.of(id)?.status === 'silent' ? gatewayGone(context, id) : undefined
  const about = { alert: alert.id, since: alert.firstSeenAt }
  if (alert.failureMode === 'refused') return { why: 'refused', ...about }
  const notice = alert.cohort === undefined ? undefined : await context.alerts.cohorts.get(alert.cohort)
  return notice?.state === 'open' ? { why: 'outage', cohort: notice.id, ...about } : { why: 'silent', ...about }
}

async function gatewayGone(
  { registry, alerts }: Pick<ApiContext, 'registry' | 'alerts'>,
  id: string,
): Promise<Quiet | undefined> {
  for (const gateway of registry.gatewaysOf(id)) {
    const { items } = await alerts.list({ appliance: gateway, state: 'open,acknowledged', limit: 1 })
    if (items[0]) return { why: 'gateway', gateway, alert: items[0].id, since: items[0].firstSeenAt }
  }
  return undefined
}
