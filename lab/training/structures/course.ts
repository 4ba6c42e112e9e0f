// How faults of drawn structures grow: wider than any one simulator has them.
import { DAY, logUniform, type Millis, type Random, uniform } from '../../../core/index.ts'

export const growths = ['power', 'logistic', 'jumps', 'spells', 'plateau'] as const
export interface DrawnFault {
  failureMode: string
  onset: Millis
  functionalFailureAt: Millis
  shape: (typeof growths)[number] | 'abrupt'
  abrupt: boolean
  /** +1 or −1 where a mode may go either way. */
  sign: number
  /** How strongly its side effects show. */
  strength: number
  /** What bends the course: exponent, middle, places of jumps … by shape. */
  bends: [number, number, number]
}

const ABRUPT = 0.12

export function drawCourse(random: Random, failureMode: string, onset: Millis): DrawnFault {
  const abrupt = random.next() < ABRUPT
  const days = abrupt ? 0.5 : logUniform(random, 5, 160)
  const shape = growths[Math.floor(random.next() * growths.length)]!
  return {
    failureMode,
    onset,
    functionalFailureAt: onset + days * DAY,
    shape: abrupt ? 'abrupt' : shape,
    abrupt,
    sign: random.next() < 0.5 ? 1 : -1,
    strength: uniform(random, 0.6, 1.4),
    bends: [random.next(), random.next(), random.next()],
  }
}

/** 0 to 1. */
export function severityAt(fault: DrawnFault, at: Millis): number {
  if (at < fault.onset) return 0
  if (fault.abrupt) return 1
  const x = Math.min(1, (at - fault.onset) / (fault.functionalFailureAt - fault.onset))
  const [a, b, c] = fault.bends
  switch (fault.shape) {
    case 'power':
      return x ** (0.4 * 7 ** a)
    case 'logistic': {
      const s = (v: number): number => 1 / (1 + Math.exp(-(5 + 8 * b) * (v - 0.3 - 0.4 * a)))
      return (s(x) - s(0)) / (s(1) - s(0))
    }
    case 'jumps': {
      const places = [0.7 * a, 0.25 + 0.6 * b, 0.5 + 0.45 * c].filter((place) => x >= place).length
      return x >= 1 ? 1 : (places * 0.28 + 0.1 * x) * Number(places > 0)
    }
    case 'plateau':
      return x < 0.2
        ? ((0.2 + 0.4 * a) * x) / 0.2
        : x < 0.7
          ? 0.2 + 0.4 * a
          : 0.2 + 0.4 * a + ((0.8 - 0.4 * a) * (x - 0.7)) / 0.3
    default: {
      if (x >= 1) return 1
      // Hours to days at a time, ever closer.
      const hours = (at - fault.onset) / 3_600_000
      const wave = Math.sin(hours / (2 + 9 * a)) + Math.sin(hours / (5 + 23 * b) + 6 * c)
      return wave < 4 * x - 2.2 ? 0.3 + 0.7 * x : 0.15 * x
    }
  }
}
