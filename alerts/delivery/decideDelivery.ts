import type { Millis, OwnerWay } from '../../core/index.ts'

/** How it stands with one way: not tried, under way, taken by its carrier, with the person, or not. */
export type WayState = 'waiting' | 'sending' | 'taken' | 'received' | 'failed' | 'silent'

export interface DeliveryWay {
  readonly way: OwnerWay
  readonly state: WayState
  readonly at?: Millis
  /** Why it failed. */
  readonly error?: string
}

/** What becomes of one notice to an owner: ways in their order, each tried when the one before it has failed. */
export interface Delivery {
  readonly state: 'under-way' | 'received' | 'unreached'
  readonly ways: readonly DeliveryWay[]
}

export type DeliveryEvent =
  | { readonly type: 'taken'; readonly way: OwnerWay; readonly at: Millis }
  | { readonly type: 'received'; readonly way: OwnerWay; readonly at: Millis }
  | { readonly type: 'failed'; readonly way: OwnerWay; readonly at: Millis; readonly error: string }
  /** Its carrier took it, and has said nothing since. */
  | { readonly type: 'silent'; readonly way: OwnerWay; readonly at: Millis }

/** A delivery as it begins: the first way is under way. */
export const beginDelivery = (ways: readonly OwnerWay[], at: Millis): Delivery =>
  goOn({ state: 'under-way', ways: ways.map((way) => ({ way, state: 'waiting' })) }, at).delivery

/**
 * What one event does to a delivery. Pure.
 * @returns `send`: the way that is tried next; `became`: what it has come to, said once
 */
export function decideDelivery(
  delivery: Delivery,
  event: DeliveryEvent,
): { delivery: Delivery; send?: OwnerWay; became?: 'received' | 'unreached' } {
  const known = delivery.ways.find(({ way }) => way === event.way)
  // A late word of one that is settled changes nothing, but that somebody has it after all.
  const isUnderWay = known?.state === 'sending' || known?.state === 'taken'
  const isNews = isUnderWay || (event.type === 'received' && (known?.state === 'failed' || known?.state === 'silent'))
  if (!isNews || (event.type === 'silent' && known?.state !== 'taken')) return { delivery }
  const { type, ...facts } = event
  const changed: Delivery = {
    ...delivery,
    ways: delivery.ways.map((one) => (one.way === event.way ? { ...facts, state: type } : one)),
  }
  if (type === 'received')
    return delivery.state === 'received'
      ? { delivery: changed }
      : { delivery: { ...changed, state: 'received' }, became: 'received' }
  return type === 'taken' || delivery.state !== 'under-way' ? { delivery: changed } : goOn(changed, event.at)
}

/** While one is under way, it is waited for; then the next is tried, and without one nobody was reached. */
function goOn(delivery: Delivery, at: Millis): { delivery: Delivery; send?: OwnerWay; became?: 'unreached' } {
  if (delivery.ways.some(({ state }) => state === 'sending' || state === 'taken')) return { delivery }
  const next = delivery.ways.find(({ state }) => state === 'waiting')
  if (!next) return { delivery: { ...delivery, state: 'unreached' }, became: 'unreached' }
  const ways = delivery.ways.map((one) => (one === next ? { way: one.way, state: 'sending' as const, at } : one))
  return { delivery: { ...delivery, ways }, send: next.way }
}
