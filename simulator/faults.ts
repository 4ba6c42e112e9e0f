import { DAY, logUniform, type Millis, pick, type Random, SeededRandom, uniform } from '../core/index.ts'

export const shapes = ['linear', 'exponential', 'power', 'step', 'intermittent'] as const
export type Shape = (typeof shapes)[number]

/** One fault of one appliance, as it truly is. Detection never sees it. */
export interface Fault {
  appliance: string
  failureMode: string
  onset: Millis
  /** When the appliance no longer does its job: severity 1. */
  functionalFailureAt: Millis
  shape: Shape
  /** Came without warning. */
  abrupt: boolean
  /** Parts that a repair truly needs; any one of them named at closure repairs it. */
  needs: string[]
  /** Minutes that a repair truly takes. */
  repairMinutes: number
  /** Strength of each effect of this fault, drawn once: 0.7 to 1.3 of the table's. */
  strength: number
  /** Which way a drift goes. */
  sign: 1 | -1
  repairedAt?: Millis
}

/** What the world knows of each mode: independent of what the product believes. */
const truth: Record<string, Record<string, { needs: string[]; repairMinutes: number; abruptly?: boolean }>> = {
  fridge: {
    'refrigerant-leak': { needs: ['refrigerant-charge', 'filter-drier'], repairMinutes: 95 },
    'condenser-fouling': { needs: ['condenser-brush-kit'], repairMinutes: 30 },
    'door-seal-leak': { needs: ['door-gasket'], repairMinutes: 25 },
    'compressor-wear': { needs: ['compressor'], repairMinutes: 125 },
    'evaporator-fan-failure': { needs: ['evaporator-fan'], repairMinutes: 40, abruptly: true },
    'capillary-clog': { needs: ['filter-drier', 'capillary-tube'], repairMinutes: 130 },
    'defrost-heater-failure': { needs: ['defrost-heater'], repairMinutes: 45, abruptly: true },
    'start-relay-failure': { needs: ['start-relay'], repairMinutes: 25, abruptly: true },
    'temperature-sensor-drift': { needs: ['temperature-sensor'], repairMinutes: 25 },
  },
  washer: {
    'drum-imbalance': { needs: ['drum-spider', 'counterweight'], repairMinutes: 75 },
    'bearing-wear': { needs: ['drum-bearing'], repairMinutes: 115 },
    'damper-wear': { needs: ['damper-pair'], repairMinutes: 45 },
    'drain-clog': { needs: ['drain-filter', 'drain-pump'], repairMinutes: 30 },
    'heater-scale': { needs: ['heating-element', 'descaler'], repairMinutes: 40 },
    'heater-failure': { needs: ['heating-element'], repairMinutes: 45, abruptly: true },
    'belt-slip': { needs: ['drive-belt'], repairMinutes: 30 },
    'inlet-valve-failure': { needs: ['inlet-valve', 'inlet-filter'], repairMinutes: 30 },
    'door-lock-failure': { needs: ['door-lock'], repairMinutes: 25, abruptly: true },
  },
  ac: {
    'refrigerant-leak': { needs: ['refrigerant-charge-r32'], repairMinutes: 85 },
    'filter-clog': { needs: ['air-filter'], repairMinutes: 20 },
    'condenser-fouling': { needs: ['coil-cleaner'], repairMinutes: 40 },
    'compressor-wear': { needs: ['ac-compressor'], repairMinutes: 130 },
    'capacitor-fade': { needs: ['run-capacitor'], repairMinutes: 25, abruptly: true },
    'fan-imbalance': { needs: ['fan-wheel', 'fan-motor'], repairMinutes: 45 },
    'condensate-drain-block': { needs: ['drain-hose', 'condensate-pump'], repairMinutes: 25 },
    'temperature-sensor-bias': { needs: ['room-sensor'], repairMinutes: 20 },
  },
}

export const modesOf = (kind: string): string[] => Object.keys(truth[kind] ?? {})

/** Draws the course of a fault. Time to failure is log-uniform in 5 to 150 days; one in ten comes without warning. */
export function drawFault(
  kind: string,
  appliance: string,
  failureMode: string,
  onset: Millis,
  random: Random,
  wish: { days?: number; shape?: Shape } = {},
): Fault {
  const known = truth[kind]?.[failureMode]
  if (!known) throw new Error(`a simulated ${kind} has no fault '${failureMode}'`)
  const abrupt =
    wish.days === undefined &&
    wish.shape === undefined &&
    (known.abruptly ? random.next() < 0.35 : random.next() < 0.05)
  const days = wish.days ?? (abrupt ? 0.02 : logUniform(random, 5, 150))
  const drawn = random.next()
  const shape =
    wish.shape ??
    (abrupt
      ? 'step'
      : drawn < 0.4
        ? 'linear'
        : drawn < 0.65
          ? 'exponential'
          : drawn < 0.85
            ? 'power'
            : drawn < 0.93
              ? 'step'
              : 'intermittent')
  return {
    appliance,
    failureMode,
    onset,
    functionalFailureAt: onset + days * DAY,
    shape,
    abrupt,
    needs: random.next() < 0.85 ? known.needs : known.needs.slice(0, 1),
    repairMinutes: Math.round(known.repairMinutes * uniform(random, 0.75, 1.4)),
    strength: uniform(random, 0.75, 1.3),
    sign: pick(random, [1, -1] as const),
  }
}

/** How far a fault has come, 0 (sound) to 1 (functional failure), at most 1.15. Pure; O(1). */
export function severityOf(fault: Fault, at: Millis): number {
  if (at < fault.onset || (fault.repairedAt !== undefined && at >= fault.repairedAt)) return 0
  const span = Math.max(1, fault.functionalFailureAt - fault.onset)
  const x = Math.min(1.15, (at - fault.onset) / span)
  switch (fault.shape) {
    case 'linear':
      return x
    case 'power':
      return x ** 1.8
    case 'exponential':
      return Math.min(1.15, Math.expm1(3.5 * x) / Math.expm1(3.5))
    case 'step':
      return fault.abrupt ? 1 : x < 0.5 ? 0.55 : x < 0.8 ? 0.75 : Math.max(0.75, x)
    case 'intermittent': {
      // Comes and goes by the half day, ever more often.
      const there = new SeededRandom(Math.floor(at / (DAY / 2)), fault.appliance).next() < 0.35 + 0.65 * x
      return there ? 0.3 + 0.7 * x : 0
    }
  }
}
