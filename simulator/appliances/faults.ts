import { DAY, HOUR, hash32, logUniform, type Millis, Problem, type Random, uniform } from '../../core/index.ts'
import { frequencies, remedies } from './remedies.ts'

export const shapes = ['linear', 'exponential', 'power', 'step', 'intermittent'] as const
export type Shape = (typeof shapes)[number]

/** One fault as it truly is. Detection never sees it. Serialisable: it is its own snapshot. */
export interface Fault {
  appliance: string
  failureMode: string
  onset: Millis
  /** Where its course reaches severity 1. */
  courseEndsAt: Millis
  /** When the appliance no longer does its job: seen by the physics, until then the end of the course. */
  functionalFailureAt: Millis
  /** The physics has seen it. */
  failed?: boolean
  shape: Shape
  /** Came without warning. */
  abrupt: boolean
  /** Bend of exponential and power courses, stairs of a step course; unitless. */
  bend: number
  /** Parts that a repair truly needs; any one of them named at closure repairs it. */
  needs: string[]
  /** Minutes that a repair truly takes. */
  repairMinutes: number
  /** Strength of its side effects against the mode's table: 0.85 to 1.15, drawn once. */
  strength: number
  repairedAt?: Millis
  /** Somebody took off some of what had gathered: it gathers on from there, as fast as before. */
  cleaned?: {
    at: Millis
    /** Share of its course that was left, 0 to 1. */
    left: number
    /** The whole course, from nothing. */
    takes: Millis
  }
}

/** Names the fault in streams of randomness. */
const nameOf = (fault: Pick<Fault, 'appliance' | 'failureMode' | 'onset'>): string =>
  `${fault.appliance}/${fault.failureMode}/${fault.onset}`

/** Share of its course that lies behind it, 0 to 1; of moments since it was last cleaned. */
export function courseOf({ onset, courseEndsAt, cleaned }: Fault, at: Millis): number {
  const gone =
    cleaned && at >= cleaned.at
      ? cleaned.left + (at - cleaned.at) / cleaned.takes
      : (at - onset) / (cleaned?.takes ?? courseEndsAt - onset)
  return Math.max(0, Math.min(1, gone))
}

/**
 * Severity of a fault at a time, 0 to 1. Exponential courses with bend 3 to 5 have 4 to 12 % at 40 % of their time
 * (EVALUATION.md). An intermittent one comes in half hours, ever more of them.
 */
export function severityOf(fault: Fault, at: Millis): number {
  if (at < fault.onset || (fault.repairedAt !== undefined && at >= fault.repairedAt)) return 0
  if (fault.abrupt) return 1
  const x = courseOf(fault, at)
  switch (fault.shape) {
    case 'linear':
      return x
    case 'exponential':
      return Math.expm1(fault.bend * x) / Math.expm1(fault.bend)
    case 'power':
      return x ** fault.bend
    case 'step':
      return Math.min(1, Math.floor(x * fault.bend + 0.5) / fault.bend)
    case 'intermittent': {
      if (x >= 1) return 1
      const shows = hash32(`${nameOf(fault)}/${Math.floor(at / (HOUR / 2))}`) / 2 ** 32 < 0.15 + 0.85 * x
      return shows ? 0.3 + 0.7 * x : 0
    }
  }
}

export const modesOf = (kind: string): string[] => Object.keys(frequencies[kind] ?? {})

/**
 * Draws the course of a fault: time to failure log-uniform in 5 to 150 days, one in ten without warning.
 * @throws Problem `unknown-fault` for a mode that this kind does not have
 */
export function drawFault(
  kind: string,
  appliance: string,
  failureMode: string,
  onset: Millis,
  random: Random,
  wish: { days?: number; shape?: Shape; abrupt?: boolean } = {},
): Fault {
  const remedy = remedies[kind]?.[failureMode]
  if (!remedy) {
    throw new Problem({
      code: 'unknown-fault',
      message: `A simulated ${kind} has no fault '${failureMode}'.`,
      remedy: `Choose one of ${modesOf(kind).join(', ')}.`,
      concerns: failureMode,
    })
  }
  const wished = wish.days !== undefined || wish.shape !== undefined
  const drawnAbrupt = random.next() < 0.1
  const abrupt = wish.abrupt ?? (!wished && drawnAbrupt)
  const drawnDays = logUniform(random, 5, 150)
  const days = wish.days ?? (abrupt ? ABRUPT_DAYS : drawnDays)
  const drawnShape = shapeOf(failureMode, random)
  const shape = wish.shape ?? (abrupt ? 'step' : drawnShape)
  const x = random.next()
  const bend = shape === 'power' ? 1.5 + 1.5 * x : shape === 'step' ? 3 + Math.floor(3 * x) : 3 + 2 * x
  const needs = Object.entries(remedy.fits)
    .filter(([, probability]) => random.next() < probability)
    .map(([part]) => part)
  return {
    appliance,
    failureMode,
    onset,
    courseEndsAt: onset + days * DAY,
    functionalFailureAt: onset + days * DAY,
    shape,
    abrupt,
    bend,
    needs: needs.length > 0 ? needs : Object.keys(remedy.fits).slice(0, 1),
    repairMinutes: Math.round(remedy.takes * uniform(random, 0.75, 1.4)),
    strength: uniform(random, 0.85, 1.15),
  }
}

/** Whole at once; what follows (a cabinet that warms up) takes its own time. */
const ABRUPT_DAYS = 0.25

/** Relays, locks and valves often come and go before they stay away. */
const flaky = new Set(['start-relay-failure', 'door-lock-failure', 'heater-failure', 'inlet-valve-failure'])

function shapeOf(mode: string, random: Random): Shape {
  const x = random.next()
  if (flaky.has(mode)) return x < 0.5 ? 'intermittent' : x < 0.75 ? 'linear' : 'step'
  return x < 0.3 ? 'linear' : x < 0.6 ? 'exponential' : x < 0.8 ? 'power' : x < 0.92 ? 'step' : 'intermittent'
}

/** Does what an engineer did mend it? One truly needed part is enough: who changes it sees the others. */
export const mends = (fault: Fault, fitted: readonly string[]): boolean =>
  fitted.some((part) => fault.needs.includes(part))
