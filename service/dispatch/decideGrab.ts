import { because, type Millis, type Reason } from '../../core/index.ts'

/** An engineer who wants an open job. */
export interface Grab {
  engineer: string
  at: Millis
  /** Star level, 0 to 5. */
  stars: number
}

/** What became of a grab, and why. */
export interface GrabOutcome {
  engineer: string
  won: boolean
  why: Reason
}

/** Star level decides, then time, then id: exactly one wins, and each loser hears why (S27). Pure. */
export function decideGrab(grabs: readonly Grab[]): GrabOutcome[] {
  const order = [...grabs].sort(
    (a, b) => b.stars - a.stars || a.at - b.at || (a.engineer < b.engineer ? -1 : a.engineer > b.engineer ? 1 : 0),
  )
  const winner = order[0]
  return order.map((grab) => ({ engineer: grab.engineer, won: grab === winner, why: reason(grab, winner ?? grab) }))
}

function reason(grab: Grab, winner: Grab): GrabOutcome['why'] {
  const stars = winner.stars.toFixed(2)
  if (grab === winner) return because('grab-won', { stars })
  if (grab.stars < winner.stars) return because('grab-fewer-stars', { own: grab.stars.toFixed(2), stars })
  const ms = grab.at - winner.at
  return ms > 0 ? because('grab-later', { ms }) : because('grab-by-id')
}
