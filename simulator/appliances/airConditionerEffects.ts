/** What faults do to an air conditioner, as physical changes. */
export interface AirConditionerEffects {
  /** Shares of what is sound. */
  capacity: number
  power: number
  airflow: number
  outdoorFan: number
  powerFactor: number
  /** K by which the indoor coil gets further from the air than its duty explains; K on the condenser. */
  coil: number
  condenser: number
  vibration: number
  /** mm/s that grows with the indoor fan's speed; share by which that speed wobbles. */
  fanVibration: number
  wobble: number
  startFails: number
  /** Share of the condensate that cannot leave. */
  blocked: number
  /** K that the control reads away from the truth, towards "done". */
  sensorBias: number
}

export const soundAirConditioner = (): AirConditionerEffects => ({
  capacity: 1,
  power: 1,
  airflow: 1,
  outdoorFan: 1,
  powerFactor: 1,
  coil: 0,
  condenser: 0,
  vibration: 1,
  fanVibration: 0,
  wobble: 0,
  startFails: 0,
  blocked: 0,
  sensorBias: 0,
})

/**
 * Folds one fault into the effects; `k` is its own strength, about 1. A leak leaves a cold coil with a *small*
 * difference of return and supply, a filter a cold coil with a *large* one (Li and Braun). Sizes: EVALUATION.md
 * (fouling to −45 % capacity and +25 % power; charge −25 % is −20 % capacity), carried on until the room is lost.
 */
export function airConditionerEffects(fx: AirConditionerEffects, mode: string, s: number, k: number): void {
  switch (mode) {
    case 'refrigerant-leak':
      fx.capacity *= 1 - 0.85 * s
      fx.power *= 1 - 0.3 * s * k
      fx.coil += 6 * s * k
      fx.condenser -= 5 * s * k
      break
    case 'filter-clog':
      fx.airflow *= 1 - 0.65 * s
      fx.capacity *= 1 - 0.5 * s ** 1.3 - 0.25 * s ** 6
      fx.coil += 3 * s * k
      fx.power *= 1 + 0.04 * s * k
      break
    case 'condenser-fouling':
      fx.capacity *= 1 - 0.45 * s - 0.3 * s ** 6
      fx.power *= 1 + 0.25 * s * k
      fx.condenser += 13 * s * k
      fx.outdoorFan *= 1 - 0.06 * s * k
      break
    case 'compressor-wear':
      fx.capacity *= 1 - 0.8 * s
      fx.power *= 1 + 0.12 * s * k
      fx.vibration *= 1 + 3 * s * k
      fx.condenser -= 3 * s
      break
    case 'capacitor-fade':
      // Ten per cent off the rating, at about a quarter of the course, is the trade's rule for replacing it.
      fx.powerFactor *= 1 - 0.4 * s * k
      fx.power *= 1 + 0.1 * s * k
      fx.outdoorFan *= 1 - 0.3 * s * k
      fx.condenser += 6 * s * k
      fx.startFails = Math.max(fx.startFails, s ** 2)
      fx.vibration *= 1 + 0.5 * s * k
      break
    case 'fan-imbalance':
      fx.fanVibration += 5 * s * k
      fx.wobble += 0.06 * s * k
      fx.airflow *= 1 - 0.15 * s - 0.7 * s ** 8
      fx.capacity *= 1 - 0.1 * s - 0.65 * s ** 8
      break
    case 'condensate-drain-block':
      fx.blocked = Math.max(fx.blocked, s)
      break
    case 'temperature-sensor-bias':
      fx.sensorBias += 3.8 * s
      break
  }
}
