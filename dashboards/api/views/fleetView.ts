import { type Appliance, type Hearing, isInService, type Millis } from '../../../core/index.ts'
import { type Quiet, quietBecause, silenceIn, statusOf, unheardBecause } from '../../../service/index.ts'
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

function unheardOf({ health, misdirected }: Pick<ApiContext, 'health' | 'misdirected'>, id: string) {
  const lastRefused = health.hearing(id)?.lastRefused
  return unheardBecause({ lastRefused, topic: misdirected(id)[0]?.topic, isOnline: health.online(id) })
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

export type QuietContext = Pick<ApiContext, 'alerts' | 'clock' | 'health' | 'registry'>

/** What is known of why it is quiet. */
export async function quietOf(
  { alerts, clock, health, registry }: QuietContext,
  id: string,
  heardAt: Millis | undefined,
): Promise<Quiet | undefined> {
  const standingOf = async (of: string, limit: number) =>
    (await alerts.list({ appliance: of, state: 'open,acknowledged', limit })).items
  const row = health.of(id)
  const standing = await standingOf(id, 20)
  const cohort = silenceIn(standing)?.cohort
  const notice = cohort === undefined ? undefined : await alerts.cohorts.get(cohort)
  const facts = { now: clock.now(), heardAt, health: row, standing, notice }
  if (row?.status !== 'silent') return quietBecause(facts)
  for (const gateway of registry.gatewaysOf(id)) {
    const [alert] = await standingOf(gateway, 1)
    if (alert) return quietBecause({ ...facts, gateway: { id: gateway, alert } })
  }
  return quietBecause(facts)
}
