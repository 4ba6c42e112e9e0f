import { DAY, HOUR, MINUTE, type Millis, pick, SeededRandom, uniform } from '../../core/index.ts'

export const nuisanceKinds = [
  'vacation',
  'party',
  'heat-wave',
  'set-point-change',
  'warm-restock',
  'relocation',
  'power-cut',
  'rescaled-channel',
  'clock-skew',
  'gap',
  'stuck-sensor',
] as const
export type NuisanceKind = (typeof nuisanceKinds)[number]

/**
 * Something that is no fault. `size` by kind: K (set-point, heat wave), J (restock), K of the new place (relocation),
 * ms (clock skew), gain (rescale), 1 when a gap is filled afterwards. `metric` where one channel is meant.
 */
export interface Nuisance {
  kind: NuisanceKind
  from: Millis
  /** 400 days later for a change that stays. */
  to: Millis
  size: number
  metric?: string
}

/** Times a year, for one appliance; those of a home or a region come to all its appliances together. */
const yearly = {
  vacation: 2,
  party: 4,
  setpoint: 1.5,
  restock: 8,
  relocation: 0.08,
  cut: 1.5,
  rescale: 0.25,
  skew: 0.4,
  gap: 2,
  stuck: 0.12,
}
/** Nuisances are drawn by stretches of 30 days since 1970; none lasts longer, so two stretches tell what is on. */
export const STRETCH = 30 * DAY
const LASTING = 400 * DAY

/** What begins in one stretch of days for one appliance, earliest first. A function of its arguments alone. */
export function nuisancesOf(
  seed: number,
  who: { appliance: string; home: string; region: string; kind: string; channels: readonly string[] },
  stretch: number,
): Nuisance[] {
  const from = stretch * STRETCH
  const found: Nuisance[] = []
  const draw = (stream: string, perYear: number, make: (random: SeededRandom, from: Millis) => Nuisance): void => {
    const random = new SeededRandom(seed, `nuisance/${stream}/${stretch}`)
    // Exponential waits: a Poisson process of the yearly rate.
    let at = from
    for (;;) {
      at += (-Math.log(1 - random.next()) / perYear) * 365.25 * DAY
      if (at >= from + STRETCH) return
      found.push(make(random, Math.round(at / MINUTE) * MINUTE))
    }
  }
  const lasting = (kind: NuisanceKind, at: Millis, ms: Millis, size = 1, metric?: string): Nuisance => ({
    kind,
    from: at,
    to: at + ms,
    size,
    metric,
  })
  const { appliance, home, region, channels } = who
  draw(`${home}/vacation`, yearly.vacation, (r, at) => lasting('vacation', at, uniform(r, 3, 16) * DAY))
  draw(`${home}/party`, yearly.party, (r, at) => lasting('party', at, uniform(r, 3, 7) * HOUR, uniform(r, 3, 6)))
  draw(`${region}/cut`, yearly.cut / 2, (r, at) => lasting('power-cut', at, uniform(r, 5, 90) * MINUTE))
  draw(`${home}/cut`, yearly.cut / 2, (r, at) => lasting('power-cut', at, uniform(r, 0.1, 6) * HOUR))
  draw(`${appliance}/gap`, yearly.gap, (r, at) =>
    lasting('gap', at, Math.exp(uniform(r, 0, Math.log(72))) * HOUR, r.next() < 0.5 ? 1 : 0),
  )
  draw(`${appliance}/skew`, yearly.skew, (r, at) =>
    lasting('clock-skew', at, uniform(r, 1, 25) * DAY, Math.round(uniform(r, -240, 240)) * 1_000),
  )
  draw(`${appliance}/relocation`, yearly.relocation, (r, at) => lasting('relocation', at, LASTING, uniform(r, -4, 4)))
  if (who.kind !== 'washer') {
    draw(`${appliance}/setpoint`, yearly.setpoint, (r, at) =>
      lasting('set-point-change', at, LASTING, pick(r, [-2, -1, -1, 1, 1, 2])),
    )
  }
  if (who.kind === 'fridge') {
    draw(`${appliance}/restock`, yearly.restock, (r, at) =>
      lasting('warm-restock', at, 0, uniform(r, 150_000, 600_000)),
    )
  }
  if (channels.length > 0) {
    draw(`${appliance}/rescale`, yearly.rescale, (r, at) =>
      lasting('rescaled-channel', at, 0, pick(r, [0.9, 0.94, 1.06, 1.1]), pick(r, channels)),
    )
    draw(`${appliance}/stuck`, yearly.stuck, (r, at) =>
      lasting('stuck-sensor', at, uniform(r, 1, 14) * DAY, 1, pick(r, channels)),
    )
  }
  return found.sort((a, b) => a.from - b.from)
}
