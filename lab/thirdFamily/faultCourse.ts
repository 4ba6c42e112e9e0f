// How a fault of the third family grows from nothing to functional failure. Pure: severity 0 to 1 by time.
import { DAY, HOUR, logUniform, type Millis, pick, type Random, uniform } from '../../core/index.ts'

/**
 * `steady` and `saturating` (fouling: Kern and Seaton, 1959, deposits approach a limit), `wearing` (power law of wear-out:
 * Weibull with shape over 1), `late` (exponential, as crack growth), `jumps` (pieces break off), `relapsing` (a contact
 * that comes and goes, ever more often).
 */
export const thirdShapes = ['steady', 'saturating', 'wearing', 'late', 'jumps', 'relapsing'] as const
export type ThirdShape = (typeof thirdShapes)[number]

export interface ThirdFault {
  failureMode: string
  onset: Millis
  functionalFailureAt: Millis
  shape: ThirdShape | 'abrupt'
  abrupt: boolean
  /** +1 or −1 where a mode may go either way. */
  sign: number
  /** How strongly the shape is bent; unitless, 0 to 1. */
  bend: number
  /** Shares of the course at which something breaks off, ascending. */
  breaks: number[]
}

const ABRUPT_SHARE = 0.12
const ABRUPT_MS = HOUR

/** Courses of 5 to 110 days, as many short as long ones by their logarithm; one in eight comes within an hour. */
export function drawFault(
  random: Random,
  failureMode: string,
  onset: Millis,
  isAlwaysAbrupt: boolean,
  isContact: boolean,
): ThirdFault {
  const abrupt = isAlwaysAbrupt || random.next() < ABRUPT_SHARE
  const days = logUniform(random, 5, 110)
  const steady = thirdShapes.filter((shape) => shape !== 'relapsing')
  return {
    failureMode,
    onset,
    functionalFailureAt: onset + (abrupt ? ABRUPT_MS : days * DAY),
    shape: abrupt ? 'abrupt' : pick(random, isContact ? thirdShapes : steady),
    abrupt,
    sign: random.next() < 0.5 ? -1 : 1,
    bend: random.next(),
    breaks: Array.from({ length: 2 + Math.floor(3 * random.next()) }, () => uniform(random, 0, 0.92)).sort(
      (a, b) => a - b,
    ),
  }
}

/** Severity at a time: 0 before the onset, 1 from functional failure on. */
export function severityAt(fault: ThirdFault, at: Millis): number {
  if (at < fault.onset) return 0
  const share = (at - fault.onset) / (fault.functionalFailureAt - fault.onset)
  if (share >= 1) return 1
  const { bend } = fault
  switch (fault.shape) {
    case 'abrupt':
    case 'steady':
      return share
    case 'saturating': {
      const rate = 1 + 1.5 * bend
      return (1 - Math.exp(-rate * share)) / (1 - Math.exp(-rate))
    }
    case 'wearing':
      return share ** (1.3 + bend)
    case 'late': {
      const rate = 1.5 + 2 * bend
      return Math.expm1(rate * share) / Math.expm1(rate)
    }
    case 'jumps': {
      const broken = fault.breaks.filter((at) => at <= share).length
      return (0.9 * broken) / fault.breaks.length + 0.1 * share
    }
    case 'relapsing': {
      const phase = ((at - fault.onset) / ((7 + 20 * bend) * HOUR)) % 1
      return phase < 0.25 + 0.75 * share ? 0.3 + 0.7 * share : 0
    }
  }
}
