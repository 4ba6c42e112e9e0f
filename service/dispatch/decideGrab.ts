import { because, type Millis, type Reason } from '../../core/index.ts'

/** An engineer who wants an open job. */
export interface Grab {
  engineer: string
  at: Millis
  /** Star level, 0 to 5. */
  stars: number
  /** Grabs that they lost since the last one that they won. */
  lost?: number
}

/** What a lost grab is worth at the next one, in stars, and at most. */
export interface GrabChance {
  starsPerLoss: number
  most: number
}
const NO_CHANCE: GrabChance = { starsPerLoss: 0, most: 0 }

/** What became of a grab, and why. */
export interface GrabOutcome {
  engineer: string
  won: boolean
  why: Reason
}

/**
 * Star level decides, then time, then id: exactly one wins, and each loser hears why (S27). Each grab that somebody lost
 * since they last won counts a little more, so whoever has few stars waits longer, and not for ever. Pure.
 */
export function decideGrab(grabs: readonly Grab[], chance: GrabChance = NO_CHANCE): GrabOutcome[] {
  const standing = (grab: Grab): number => grab.stars + Math.min(chance.most, (grab.lost ?? 0) * chance.starsPerLoss)
  const order = [...grabs].sort(
    (a, b) =>
      standing(b) - standing(a) || a.at - b.at || (a.engineer < b.engineer ? -1 : a.engineer > b.engineer ? 1 : 0),
  )
  const winner = order[0]
  return order.map((grab) => ({
    engineer: grab.engineer,
    won: grab === winner,
    why: reason(grab, winner ?? grab, standing),
  }))
}

function reason(grab: Grab, winner: Grab, standing: (grab: Grab) => number): GrabOutcome['why'] {
  const stars = winner.stars.toFixed(2)
  if (grab === winner) return because('grab-won', { stars })
  const [own, best] = [standing(grab), standing(winner)]
  if (own < best)
    return grab.stars < winner.stars && winner.stars === best
      ? because('grab-fewer-stars', { own: grab.stars.toFixed(2), stars })
      : because('grab-fair-chance', { own: own.toFixed(2), stars: best.toFixed(2) })
  const ms = grab.at - winner.at
  return ms > 0 ? because('grab-later', { ms }) : because('grab-by-id')
}
