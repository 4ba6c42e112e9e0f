import type { Policy } from '../policy/policySchema.ts'

type Queue = Policy['queues'][number]

/** Where a caller is led, and why. */
export interface RoutedCall {
  queue: Queue
  because: 'segment' | 'menu' | 'asked'
  /** What a caller who is nobody in particular may choose. */
  menu: { key: string; queue: Queue }[]
}

/**
 * A caller whom we know by their segment goes to its queue at once; everybody else chooses by the menu, and who has not
 * chosen is asked. Pure.
 */
export function routeCall(
  queues: readonly Queue[],
  caller: { segment?: string | undefined; key?: string | undefined },
): RoutedCall | undefined {
  const menu = queues.flatMap((queue) => (queue.key === undefined ? [] : [{ key: queue.key, queue }]))
  const own = queues.find(({ segments }) => caller.segment !== undefined && segments.includes(caller.segment))
  if (own) return { queue: own, because: 'segment', menu }
  const chosen = menu.find(({ key }) => key === caller.key)
  if (chosen) return { queue: chosen.queue, because: 'menu', menu }
  const [first] = menu
  return first && { queue: first.queue, because: 'asked', menu }
}

/** The queue of a ticket: its owner's segment has one, or it stands in the one that takes everybody else. Pure. */
export const queueOf = (queues: readonly Queue[], segment: string | undefined): Queue | undefined =>
  queues.find(({ segments }) => segment !== undefined && segments.includes(segment)) ??
  queues.find(({ segments }) => segments.length === 0)
