import { type AlertRecords, type AlertSpan, alertIdSchema, type OpenedAlert } from '../core/index.ts'
import { toAlerts } from './alertTable.ts'

/** Appliances that one query asks for. */
const SPANS_AT_ONCE = 500

const toOpened = ({
  id,
  openedAt,
  ...row
}: {
  id: string
  appliance: string
  failureMode: string
  openedAt: number | null
}): OpenedAlert => ({
  ...row,
  id: alertIdSchema.parse(id),
  openedAt: openedAt ?? 0,
})

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
    return (await wanted.execute()).map(toOpened)
  },
  async standing(query) {
    const rows = await query
      .selectFrom('alert')
      .select(['id', 'body'])
      .where('state', 'in', ['open', 'acknowledged'])
      .execute()
    return toAlerts(rows)
  },
  async spans(query, { from, to, appliances }) {
    const spans: AlertSpan[] = []
    for (let i = 0; i < appliances.length; i += SPANS_AT_ONCE) {
      const rows = await query
        .selectFrom('alert')
        .select(['id', 'body'])
        .where('appliance', 'in', appliances.slice(i, i + SPANS_AT_ONCE))
        .where('openedAt', 'is not', null)
        .where('openedAt', '<', to)
        .execute()
      for (const { appliance, detector, openedAt = 0, clearedAt, closedAt } of toAlerts(rows)) {
        const endedAt = clearedAt ?? closedAt
        if (endedAt === undefined) spans.push({ appliance, detector, openedAt })
        else if (endedAt >= from) spans.push({ appliance, detector, openedAt, endedAt })
      }
    }
    return spans
  },
  async ofRules(query) {
    const rows = await query
      .selectFrom('alert')
      .select(['condition', 'state'])
      .where('condition', 'like', '%/rule:%')
      .where('openedAt', 'is not', null)
      .execute()
    const counts = new Map<string, { opened: number; standing: number }>()
    for (const { condition, state } of rows) {
      const id = /\/rule:([^/]+)\//.exec(condition)?.[1] ?? ''
      const { opened, standing } = counts.get(id) ?? { opened: 0, standing: 0 }
      const stands = state === 'open' || state === 'acknowledged'
      counts.set(id, { opened: opened + 1, standing: standing + (stands ? 1 : 0) })
    }
    return counts
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
    return rows.map(toOpened)
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
