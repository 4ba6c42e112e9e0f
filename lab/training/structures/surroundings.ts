// Weather, rooms, people and what befalls appliances that is no fault, for drawn structures.
import { DAY, HOUR, hash32, logUniform, type Millis, type Random, SeededRandom, uniform } from '../../../core/index.ts'

export interface Mishap {
  kind: string
  from: Millis
  to: Millis
  size: number
  metric?: string
}

/** Near enough to a normal draw: four uniform ones. */
export const normal = (random: Random): number =>
  (random.next() + random.next() + random.next() + random.next() - 2) * Math.sqrt(3)

/** Outdoor temperature of one climate, Cel; a hemisphere, a season, days, fronts, and spells of heat. */
export class Climate {
  readonly #name: string
  readonly #mean: number
  readonly #season: number
  readonly #daily: number
  readonly #coldest: number
  #knot = NaN
  #knots: [number, number] = [0, 0]
  readonly spells: { from: Millis; to: Millis; kelvin: number }[] = []
  constructor(seed: number, nth: number, start: Millis, days: number) {
    this.#name = `${seed}/climate/${nth}`
    const random = new SeededRandom(seed, this.#name)
    this.#mean = uniform(random, 6, 24)
    this.#season = uniform(random, 3, 13)
    this.#daily = uniform(random, 2, 8)
    this.#coldest = random.next() < 0.8 ? 20 : 200
    for (let at = start; at < start + days * DAY; at += -Math.log(1 - random.next()) * 110 * DAY) {
      if (at === start) continue
      this.spells.push({ from: at, to: at + uniform(random, 3, 11) * DAY, kelvin: uniform(random, 4, 11) })
    }
  }
  outdoor(at: Millis): number {
    const year = (2 * Math.PI * (at / DAY - this.#coldest)) / 365.25
    const day = (2 * Math.PI * (at - 15 * HOUR)) / DAY
    let sum = this.#mean - this.#season * Math.cos(year) + this.#daily * Math.cos(day) + this.#front(at)
    for (const { from, to, kelvin } of this.spells) {
      if (at > from && at < to) sum += kelvin * Math.min(1, (at - from) / DAY, (to - at) / DAY)
    }
    return sum
  }
  #front(at: Millis): number {
    const x = at / (2.3 * DAY)
    const k = Math.floor(x)
    if (k !== this.#knot) {
      const knot = (nth: number): number => 7 * (hash32(`${this.#name}/${nth}`) / 2 ** 32 - 0.5)
      this.#knot = k
      this.#knots = [knot(k), knot(k + 1)]
    }
    const [from, to] = this.#knots
    const t = x - k
    return from + (to - from) * t * t * (3 - 2 * t)
  }
}

/** The room that an appliance stands in. */
export interface Room {
  level: number
  follows: number
  daily: number
}
export const drawRoom = (random: Random): Room =>
  random.next() < 0.8
    ? { level: uniform(random, 19, 24), follows: uniform(random, 0.1, 0.4), daily: uniform(random, 0.3, 1.6) }
    : { level: uniform(random, 12, 18), follows: uniform(random, 0.4, 0.8), daily: uniform(random, 0.5, 3) }

export const ambientOf = (room: Room, outdoor: number, hour: number): number =>
  room.level + room.follows * (outdoor - 14) + room.daily * Math.sin((2 * Math.PI * (hour - 11)) / 24)

/** A year of one appliance has so many of each. */
export function drawMishaps(random: Random, start: Millis, days: number, metrics: readonly string[]): Mishap[] {
  const found: Mishap[] = []
  const draw = (
    kind: string,
    perYear: number,
    lasts: () => number,
    size: () => number,
    metric?: () => string,
  ): void => {
    for (let at = start; ; ) {
      at += (-Math.log(1 - random.next()) / perYear) * 365.25 * DAY
      if (at > start + days * DAY) return
      found.push({ kind, from: at, to: at + lasts(), size: size(), ...(metric ? { metric: metric() } : {}) })
    }
  }
  const measured = metrics.filter((name) => !/On|Open|defrost|Starts|setpoint|load|Locked/.test(name))
  const any = (): string => measured[Math.floor(random.next() * measured.length)] ?? ''
  const none = (): number => 0
  const forever = (): number => 900 * DAY
  draw('vacation', 2.5, () => uniform(random, 3, 21) * DAY, none)
  draw(
    'guests',
    5,
    () => uniform(random, 0.2, 4) * DAY,
    () => uniform(random, 1.6, 5),
  )
  draw(
    'restock',
    10,
    () => HOUR,
    () => uniform(random, 0.1, 0.9),
  )
  draw('set-point', 2, forever, () => (random.next() < 0.5 ? -1 : 1) * Math.ceil(2 * random.next()))
  draw('move', 0.15, forever, () => uniform(random, -6, 6))
  draw('gap', 3, () => logUniform(random, 0.3, 96) * HOUR, none)
  if (measured.length > 0) {
    draw('rescaled', 0.25, forever, () => uniform(random, 0.92, 1.08), any)
    draw('stuck', 0.12, () => uniform(random, 6, 96) * HOUR, none, any)
  }
  return found
}
