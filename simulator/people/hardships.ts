import { DAY, HOUR, type Millis, SeededRandom, type Slot, uniform } from '../../core/index.ts'
import { sunMidnight } from './sunTime.ts'

/** Half days on which engineers work for other customers: known to the desk, weeks before. */
const FOR_OTHERS = 0.65
/** Hours of the sun where they live. */
const HALVES = [
  [8, 13],
  [13, 18],
] as const
const LEAVES = 2
const LEAVE_DAYS = 10
const SICK_SPELLS = 3
const SICK_DAYS = 5
/** A maker has none of a part: so many of its quarters begin with that, and it lasts so long. */
const SHORT = 0.1
const SHORT_DAYS = [15, 60] as const
/** Nothing that appliances say arrives, of any of them: so often a year, for so long. */
const LOSSES = 3
const LOSS_HOURS = [8, 60] as const
/** Homes whose owner has a telephone and no mail. */
const TELEPHONE_ONLY = 0.08

const QUARTER = 91 * DAY
const YEAR = 365 * DAY

/** What makes a year a hard one, beside what appliances and homes are like anyway. Functions of the seed and the time alone. */
export class Hardships {
  readonly #seed: number
  #known = new Map<string, Slot[]>()
  constructor(seed: number) {
    this.#seed = seed
  }

  /** When an engineer is not to be had, as far as the desk is told beforehand. @param lon of where they live */
  planned(engineer: string, lon: number, from: Millis, to: Millis): Slot[] {
    const away: Slot[] = []
    for (let day = Math.floor(from / DAY); day * DAY < to; day++) {
      const midnight = sunMidnight(day, lon)
      if (this.#isWithin(this.#leaves(engineer, day), midnight)) {
        away.push({ from: midnight, to: midnight + DAY })
        continue
      }
      for (const [half, [begins, ends]] of HALVES.entries()) {
        if (this.#random(`others/${engineer}/${day}/${half}`).next() >= FOR_OTHERS) continue
        away.push({ from: midnight + begins * HOUR, to: midnight + ends * HOUR })
      }
    }
    return away
  }

  /** Ill on a day: nobody knows before its morning. */
  isIll(engineer: string, at: Millis): boolean {
    const spells = this.#spells(`ill/${engineer}`, at, SICK_SPELLS, (random) => uniform(random, 1, SICK_DAYS) * DAY)
    return this.#isWithin(spells, at)
  }

  /** A part's maker has none. */
  isShort(part: string, at: Millis): boolean {
    const quarter = Math.floor(at / QUARTER)
    return [quarter - 1, quarter].some((nth) => {
      const random = this.#random(`short/${part}/${nth}`)
      if (random.next() >= SHORT) return false
      const from = nth * QUARTER + random.next() * QUARTER
      return at >= from && at < from + uniform(random, ...SHORT_DAYS) * DAY
    })
  }

  /** What was measured now never arrives. */
  isLost(at: Millis): boolean {
    return this.#isWithin(
      this.#spells('loss', at, LOSSES, (random) => uniform(random, ...LOSS_HOURS) * HOUR),
      at,
    )
  }

  /** Whether nothing can be written to the owner of a home. */
  onlyTelephone(home: string): boolean {
    return this.#random(`telephone/${home}`).next() < TELEPHONE_ONLY
  }

  #leaves(engineer: string, day: number): Slot[] {
    return this.#spells(`leave/${engineer}`, day * DAY, LEAVES, () => LEAVE_DAYS * DAY)
  }
  /** So many stretches that begin in each year, of this year and the one before. */
  #spells(what: string, at: Millis, count: number, lasts: (random: SeededRandom) => Millis): Slot[] {
    const year = Math.floor(at / YEAR)
    const key = `${what}/${year}`
    const known = this.#known.get(key)
    if (known) return known
    const spells = [year - 1, year].flatMap((nth) => {
      const random = this.#random(`${what}/${nth}`)
      return Array.from({ length: count }, () => {
        const from = (nth + random.next()) * YEAR
        return { from, to: from + lasts(random) }
      })
    })
    this.#known.set(key, spells)
    return spells
  }
  #isWithin = (spells: readonly Slot[], at: Millis): boolean => spells.some(({ from, to }) => at >= from && at < to)
  #random = (what: string): SeededRandom => new SeededRandom(this.#seed, `hardship/${what}`)
}
