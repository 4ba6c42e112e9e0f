/** What faults do to a washer, as physical changes. */
export interface WasherEffects {
  /** kg off balance in every load. */
  unbalance: number
  /** Shares of what is sound: damping, inlet flow, heater's power, heat that reaches the water. */
  damping: number
  inlet: number
  heater: number
  heatTransfer: number
  /** × the time to drain, × the bearing's envelope, × the motor's effort. */
  drainTime: number
  envelope: number
  friction: number
  /** Added to the kurtosis; mm/s of broadband at 1,000 rpm. */
  kurtosis: number
  rumble: number
  /** Share of the speed lost between motor and drum. */
  slip: number
  /** Probability that one try to lock the door fails. */
  lockFails: number
  /** The machine stops the spin to protect itself. */
  trips: boolean
}

export const soundWasher = (): WasherEffects => ({
  unbalance: 0,
  damping: 1,
  inlet: 1,
  heater: 1,
  heatTransfer: 1,
  drainTime: 1,
  envelope: 1,
  friction: 1,
  kurtosis: 0,
  rumble: 0,
  slip: 0,
  lockFails: 0,
  trips: false,
})

/**
 * Folds one fault into the effects. At severity 1 a program cannot be finished: a time-out, a slipped spin, or a trip
 * by vibration. Sizes: EVALUATION.md (drain ×1.2 to ×4; bearing as envelope first, then kurtosis, RMS last, after IMS
 * test 2). `k` is the fault's own strength, about 1.
 */
export function washerEffects(fx: WasherEffects, mode: string, s: number, k: number): void {
  switch (mode) {
    case 'drum-imbalance':
      fx.unbalance += 0.5 * s * k
      fx.trips ||= s >= 0.98
      break
    case 'bearing-wear':
      fx.envelope *= 1 + 14 * s ** 0.7 * k
      // Single impacts first (kurtosis rises), then so many that they blur into noise again.
      fx.kurtosis += 14 * k * Math.max(0, s - 0.2) * Math.max(0, 1.25 - s)
      fx.rumble += 6 * s ** 3 * k
      fx.friction *= 1 + 0.3 * s * s
      fx.trips ||= s >= 0.98
      break
    case 'damper-wear':
      fx.damping *= 1 - 0.75 * Math.min(1, s * k)
      fx.trips ||= s >= 0.98
      break
    case 'drain-clog':
      fx.drainTime *= 1 + 0.2 * Math.min(1, 20 * s) + 3 * s
      break
    case 'heater-scale':
      fx.heatTransfer *= 1 - 0.63 * s
      fx.heater *= 1 - 0.03 * s * k
      break
    case 'heater-failure':
      fx.heater *= s >= 0.999 ? 0 : 1 - 0.6 * s // an element that fades, then opens
      break
    case 'belt-slip':
      fx.slip = Math.max(fx.slip, 0.34 * s)
      break
    case 'inlet-valve-failure':
      fx.inlet *= 1 - 0.86 * s
      break
    case 'door-lock-failure':
      fx.lockFails = Math.max(fx.lockFails, s)
      break
  }
}
