// How the other family's faults come. Written apart from simulator/appliances/faults.ts: other shapes, other draws.
import { DAY, logUniform, type Millis, type Random, uniform } from '../../core/index.ts'

export const otherShapes = ['ramp', 'accelerating', 'sigmoid', 'stairs', 'episodes'] as const
export type OtherShape = (typeof otherShapes)[number]

export interface OtherFault {
  failureMode: string
  onset: Millis
  functionalFailureAt: Millis
  shape: OtherShape | 'abrupt'
  abrupt: boolean
  /** Bend, stairs or share of time, by shape; unitless. */
  bend: number
  /** 0.75 to 1.3: how strongly its side effects show. */
  strength: number
  /** +1 or −1 where a mode may go either way. */
  sign: number
}

/** One fault in seven comes at once; the others take 5 to 120 days. */
export function drawOtherFault(random: Random, failureMode: string, onset: Millis): OtherFault {
  const abrupt = random.next() < 1 / 7
  const days = abrupt ? 0.5 : logUniform(random, 5, 120)
  const shape = otherShapes[Math.floor(random.next() * otherShapes.length)]!
  return {
    failureMode,
    onset,
    functionalFailureAt: onset + days * DAY,
    shape: abrupt ? 'abrupt' : shape,
    abrupt,
    bend: random.next(),
    strength: uniform(random, 0.75, 1.3),
    sign: random.next() < 0.5 ? 1 : -1,
  }
}

/** Severity, 0 to 1. Episodes last hours to a day and come ever closer. */
export function otherSeverity(fault: OtherFault, at: Millis): number {
  if (at < fault.onset) return 0
  if (fault.abrupt) return 1
  const x = Math.min(1, (at - fault.onset) / (fault.functionalFailureAt - fault.onset))
  switch (fault.shape) {
    case 'ramp':
      return 0.05 + 0.95 * x
    case 'accelerating':
      return x ** (1.5 + 1.5 * fault.bend)
    case 'sigmoid': {
      const middle = 0.35 + 0.3 * fault.bend
      const logistic = (v: number): number => 1 / (1 + Math.exp(-10 * (v - middle)))
      return (logistic(x) - logistic(0)) / (logistic(1) - logistic(0))
    }
    case 'stairs':
      return Math.min(1, Math.ceil(x * (2 + Math.floor(4 * fault.bend)) + 1e-9) / (2 + Math.floor(4 * fault.bend)))
    default: {
      if (x >= 1) return 1
      const days = (at - fault.onset) / DAY
      const wave = 0.5 + 0.5 * Math.sin(2 * Math.PI * days * (1.7 + fault.bend)) * Math.cos(2 * Math.PI * days * 0.41)
      return wave < 0.25 + 0.75 * x ? 0.25 + 0.75 * x : 0
    }
  }
}
