// Where the other family's appliances stand: weather, rooms, people, and what happens to them that is no fault.
import { DAY, HOUR, hash32, logUniform, type Millis, type Random, SeededRandom, uniform } from '../../core/index.ts'

export interface OtherNuisance {
  kind: string
  from: Millis
  to: Millis
  size: number
  metric?: string
}

/** A number in [0, 1) of its name alone. */
export const luckOf = (name: string): number => hash32(name) / 2 ** 32

/** Standard normal, Box and Muller. */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())

/** Outdoor temperature, Cel: season, day, fronts of some days, and hot or cold spells that a whole climate shares. */
export class OtherWeather {
  readonly #seed: number
  readonly #climate: { mean: number; season: number; daily: number }
  constructor(seed: number, region: number) {
    this.#seed = seed
    const random = new SeededRandom(seed, `climate/${region}`)
    this.#climate = {
      mean: uniform(random, 9, 19),
      season: uniform(random, 6, 12),
      daily: uniform(random, 3, 7),
    }
  }
  outdoor(at: Millis): number {
    const { mean, season, daily } = this.#climate
    const year = (2 * Math.PI * (at / DAY - 200)) / 365.25
    const day = (2 * Math.PI * (at - 15 * HOUR)) / DAY
    return mean + season * Math.cos(year) + daily * Math.cos(day) + this.#front(at)
  }
  /** Fronts: noise of three-day knots, joined smoothly; one knot in 25 is a spell of 5 to 9 K. */
  #front(at: Millis): number {
    const x = at / (3 * DAY)
    const knot = (k: number): number => {
      const spell = luckOf(`${this.#seed}/spell/${k}`)
      const usual = 5 * (luckOf(`${this.#seed}/front/${k}`) - 0.5)
      return usual + (spell < 0.03 ? 5 + 130 * spell : spell > 0.985 ? -6 : 0)
    }
    const k = Math.floor(x)
    const t = x - k
    const smooth = t * t * (3 - 2 * t)
    return knot(k) * (1 - smooth) + knot(k + 1) * smooth
  }
}

/** What happens to one appliance in `days`, drawn at once. */
export function drawNuisances(
  random: Random,
  start: Millis,
  days: number,
  metrics: readonly string[],
): OtherNuisance[] {
  const found: OtherNuisance[] = []
  const draw = (
    kind: string,
    perYear: number,
    lasts: () => number,
    size: () => number,
    metric?: () => string,
  ): void => {
    let at = start
    for (;;) {
      at += (-Math.log(1 - random.next()) / perYear) * 365.25 * DAY
      if (at > start + days * DAY) return
      found.push({ kind, from: at, to: at + lasts(), size: size(), ...(metric ? { metric: metric() } : {}) })
    }
  }
  const rescalable = metrics.filter((name) => !/On|Open|defrost|Starts|setpoint|load|Locked/.test(name))
  const any = (): string => rescalable[Math.floor(random.next() * rescalable.length)]!
  draw(
    'vacation',
    1.8,
    () => uniform(random, 4, 18) * DAY,
    () => 0,
  )
  draw(
    'party',
    3,
    () => uniform(random, 3, 9) * HOUR,
    () => uniform(random, 3, 7),
  )
  draw(
    'set-point',
    1.2,
    () => 900 * DAY,
    () => (random.next() < 0.5 ? -1 : 1) * (random.next() < 0.5 ? 1 : 2),
  )
  draw(
    'new-place',
    0.08,
    () => 900 * DAY,
    () => uniform(random, -4, 4),
  )
  draw(
    'gap',
    2.5,
    () => logUniform(random, 1, 72) * HOUR,
    () => 0,
  )
  draw(
    'rescaled',
    0.2,
    () => 900 * DAY,
    () => uniform(random, 0.93, 1.07),
    any,
  )
  draw(
    'stuck',
    0.1,
    () => uniform(random, 6, 72) * HOUR,
    () => 0,
    any,
  )
  return found
}
