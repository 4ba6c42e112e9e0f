import type { AlertRecords } from '../core/index.ts'
import { toAlerts } from './alertTable.ts'

/** The alerts as other rooms may ask for them. */
export const alertRecords: AlertRecords = {
  async opened(query, { from, to, appliances, limit } = {}) {
    let wanted = query
      .selectFrom('alert')
      .select(['id', 'appliance', 'failureMode', 'openedAt'])
      .where('openedAt', 'is not', null)
      .where('severity', '!=', 'info')
      .orderBy('openedAt')
    if (from !== undefined) wanted = wanted.where('sortAt', '>=', from)
    if (to !== undefined) wanted = wanted.where('sortAt', '<=', to)
    if (appliances) wanted = wanted.where('appliance', 'in', appliances)
    if (limit !== undefined) wanted = wanted.limit(limit)
    return (await wanted.execute()).map(({ openedAt, ...row }) => ({ ...row, openedAt: openedAt ?? 0 }))
  },
  async standing(query) {
    const rows = await query
      .selectFrom('alert')
      .select(['id', 'body'])
      .where('state', 'in', ['open', 'acknowledged'])
      .execute()
    return toAlerts(rows)
  },
  async unanswered(query, { from, to, limit }) {
    const rows = await query
      .selectFrom('alert')
      .select(['id', 'appliance', 'failureMode', 'openedAt'])
      .where('state', '=', 'open')
      .where('severity', '=', 'critical')
      .where('openedAt', '>=', from)
      .where('openedAt', '<', to)
      .orderBy('openedAt')
      .limit(limit)
      .execute()
    return rows.map(({ openedAt, ...row }) => ({ ...row, openedAt: openedAt ?? 0 }))
  },
  async byIds(query, ids) {
    if (ids.length === 0) return []
    const rows = await query.selectFrom('alert').select(['id', 'body']).where('id', 'in', ids).execute()
    return toAlerts(rows)
  },
  async standingOf(query, ticket) {
    const rows = await query
      .selectFrom('alert')
      .select(['id', 'body'])
      .where('ticket', '=', ticket)
      .where('state', 'in', ['open', 'acknowledged'])
      .execute()
    return toAlerts(rows)
  },
  async dismissedSince(query, from) {
    const rows = await query
      .selectFrom('alert')
      .select(['id', 'body'])
      .where('sortAt', '>=', from)
      .where('state', '=', 'closed')
      .where('body', 'like', '%"dismissed":%')
      .execute()
    return toAlerts(rows)
  },
  async openedBefore(query, condition, at) {
    const row = await query
      .selectFrom('alert')
      .select('id')
      .where('condition', '=', condition)
      .where('openedAt', '<', at)
      .executeTakeFirst()
    return row !== undefined
  },
  async hasOther(query, ticket, alert) {
    const row = await query
      .selectFrom('alert')
      .select('id')
      .where('ticket', '=', ticket)
      .where('id', '!=', alert)
      .where('state', '!=', 'closed')
      .executeTakeFirst()
    return row !== undefined
  },
}
