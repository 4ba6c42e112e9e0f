import { isOfFault } from '../../core/index.ts'
import type { ApiClient } from './apiClient.ts'
import type { TicketSeen } from './ticketWatch.ts'

/** A repair's, on which all is well. */
const usual = {
  done: true,
  safetyTest: 'passed',
  explained: true,
  maintained: true,
  otherAppliances: 'looked at',
  cleaned: true,
}
/** A picture of one point: that there is one is what a card asks for. */
const PICTURE = {
  type: 'image/png',
  base64: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==',
}

interface Card {
  items: { code: string; mandatory: boolean; evidence?: 'photo' | 'scan' }[]
}

/** What the engineer ticks at the end: of a job beside a repair, what its own card asks for, with pictures. */
export async function filledCard(api: ApiClient, ticket: TicketSeen): Promise<Record<string, unknown>> {
  if (isOfFault(ticket)) return usual
  const path = `/api/tickets/${ticket.id}`
  const { items } = await api.call<Card>('GET', `${path}/checklist`)
  const asked = items.filter(({ mandatory }) => mandatory)
  const picture = asked.some(({ evidence }) => evidence === 'photo')
    ? await api.call<{ name: string }>('POST', `${path}/photos`, PICTURE)
    : undefined
  const shown = { photo: picture?.name, scan: ticket.id } as const
  return Object.fromEntries(
    asked.map(({ code, evidence }) => [code, evidence ? { ok: true, evidence: shown[evidence] } : true]),
  )
}
