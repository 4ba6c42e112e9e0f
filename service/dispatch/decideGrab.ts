import type { Millis } from '../../core/index.ts'

/** An engineer who wants an open job. */
export interface Grab {
  engineer: string
  at: Millis
  /** Star level, 0 to 5. */
  stars: number
}

/** What became of a grab, in words for whoever grabbed. */
export interface GrabOutcome {
  engineer: string
  won: boolean
  why: { en: string; zh: string }
}

/** Star level decides, then time, then id: exactly one wins, and each loser hears why (S27). Pure. */
export function decideGrab(grabs: readonly Grab[]): GrabOutcome[] {
  const order = [...grabs].sort(
    (a, b) => b.stars - a.stars || a.at - b.at || (a.engineer < b.engineer ? -1 : a.engineer > b.engineer ? 1 : 0),
  )
  const winner = order[0]
  return order.map((grab, i) => ({ engineer: grab.engineer, won: i === 0, why: reason(grab, winner!) }))
}

function reason(grab: Grab, winner: Grab): GrabOutcome['why'] {
  const stars = winner.stars.toFixed(2)
  if (grab === winner) return { en: `won with ${stars} stars`, zh: `以 ${stars} 星获得` }
  const own = grab.stars.toFixed(2)
  if (grab.stars < winner.stars)
    return { en: `${own} stars; it went to one with ${stars}`, zh: `${own} 星；已由 ${stars} 星者获得` }
  const lateMs = grab.at - winner.at
  if (lateMs > 0) return { en: `${lateMs} ms later than one with as many stars`, zh: `星级相同，晚了 ${lateMs} 毫秒` }
  return { en: 'as many stars, at the same moment: the order of ids decided', zh: '星级与时间相同：按编号顺序决定' }
}
