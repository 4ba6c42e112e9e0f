import type { Appliance, HealthStatus } from '../../core/index.ts'
import type { ApiParts } from './parts.ts'

/** How an appliance fares, as the lists and the mosaic show it. */
export function fareOf(parts: ApiParts, appliance: Appliance, hasTicket: boolean) {
  const row = parts.health.of(appliance.id)
  const status: HealthStatus = row?.status ?? 'learning'
  return {
    online: parts.health.online(appliance.id),
    // A ticket that is not done makes it a matter of a visit, whatever the score says.
    status: hasTicket && status !== 'silent' ? ('visit' as const) : status,
    health: row?.health ?? 100,
  }
}

/** Registry entries with how they fare, their last reading, and the ids of what is open. */
export async function applianceViews(parts: ApiParts, appliances: Appliance[]) {
  const ids = appliances.map(({ id }) => id)
  if (ids.length === 0) return []
  const [latest, alerts, tickets] = await Promise.all([
    parts.store.latest(ids),
    parts.alerts.standing(ids.length > 500 ? undefined : ids),
    parts.desk.living(ids.length > 500 ? undefined : ids),
  ])
  return appliances.map((appliance) => ({
    ...appliance,
    ...fareOf(parts, appliance, (tickets.get(appliance.id)?.length ?? 0) > 0),
    lastReading: latest[appliance.id] ?? null,
    alerts: alerts.get(appliance.id) ?? [],
    tickets: tickets.get(appliance.id) ?? [],
  }))
}
