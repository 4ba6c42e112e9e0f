import type { Millis, Offset } from '../../core/index.ts'

/** Why another version came: the first of a world, a promotion, its undoing, the folder's own changed, or one could not be read. */
export const swapActions = ['first', 'promote', 'rollback', 'adopt', 'fallback'] as const
export type SwapAction = (typeof swapActions)[number]

export interface ModelSwap {
  id: string
  action: SwapAction
  fromSet: string
  toSet: string
  askedAt: Millis
  by: string
  why: string
  /** Place in the journal from which it holds, and the world's time then; null until detection has come there. */
  offset: Offset | null
  at: Millis | null
  /** Detection could not use it, and stayed with what it had. */
  refused: string | null
}

export interface Standing {
  inForce: string
  since: Millis | null
  offset: Offset | null
  /** What a rollback would bring back; null where there is nothing to undo. */
  former: string | null
  /** Asked for, and not there yet. */
  pending: ModelSwap | null
}

/** Which version is in force, and which a rollback would bring back. Pure. @param swaps all, in the order they were asked for */
export function standingOf(swaps: readonly ModelSwap[]): Standing {
  let standing: Standing = { inForce: '', since: null, offset: null, former: null, pending: null }
  for (const swap of swaps) {
    if (swap.refused !== null) continue
    if (swap.offset === null) {
      standing.pending = swap
      continue
    }
    standing = {
      inForce: swap.toSet,
      since: swap.at,
      offset: swap.offset,
      // What was taken back is a candidate again: undoing the undoing is a promotion, with all that this asks for.
      former: swap.action === 'promote' || swap.action === 'adopt' ? swap.fromSet : null,
      pending: standing.pending,
    }
  }
  return standing
}
