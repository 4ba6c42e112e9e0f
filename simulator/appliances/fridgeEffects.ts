/** What faults do to a fridge, as physical changes. Written by `fridgeEffects`, read by the physics. */
export interface FridgeEffects {
  /** Share of the cooling that is left. */
  capacity: number
  /** Share of the electric power that it takes. */
  power: number
  /** Share of the wall's and seal's heat flow, 1 when sound. */
  leakage: number
  /** K added to the evaporator and to the condenser while it runs. */
  evaporator: number
  condenser: number
  fan: number
  vibration: number
  /** Share of the defrost heater's power. */
  defrost: number
  /** Frost that stays, 0 to 1 of a blocked coil. */
  frost: number
  /** Probability that a start fails. */
  startFails: number
  /** K that the control's sensor reads above the truth. */
  sensorBias: number
}

export const soundFridge = (): FridgeEffects => ({
  capacity: 1,
  power: 1,
  leakage: 1,
  evaporator: 0,
  condenser: 0,
  fan: 1,
  vibration: 1,
  defrost: 1,
  frost: 0,
  startFails: 0,
  sensorBias: 0,
})

/**
 * Folds one fault into the effects. At severity 1 what is left of the capacity is below what this fridge needs
 * (`need`: the duty it was sized for, times `leakage`), so that functional failure follows from the physics.
 * Side effects: EVALUATION.md (charge −25 % is −20 % capacity and −15 % efficiency; seal UA up to +160 %; fouling
 * +25 % power), the rest from service handbooks' direction of change, sizes drawn around them by `k`.
 */
export function fridgeEffects(fx: FridgeEffects, mode: string, s: number, k: number, need: number): void {
  const starve = (share: number): number => 1 - s * (1 - Math.min(share, 0.85))
  switch (mode) {
    case 'refrigerant-leak':
      fx.capacity *= starve(0.6 * need)
      fx.power *= 1 - 0.25 * s * k
      fx.evaporator += 7 * s * k
      fx.condenser -= 6 * s * k
      break
    case 'condenser-fouling':
      fx.capacity *= starve(0.62 * need)
      fx.power *= 1 + 0.25 * s * k
      fx.condenser += 14 * s * k
      fx.evaporator += 2 * s
      break
    case 'door-seal-leak': {
      const leak = 1 + 1.6 * s * k
      fx.leakage *= leak
      fx.frost = Math.max(fx.frost, 0.25 * s)
      fx.capacity *= starve(0.6 * need * 2.6)
      break
    }
    case 'compressor-wear':
      fx.capacity *= starve(0.62 * need)
      fx.power *= 1 + 0.15 * s * k
      fx.vibration *= 1 + 3 * s * k
      fx.evaporator += 3 * s
      fx.condenser -= 2 * s
      break
    case 'evaporator-fan-failure':
      fx.fan *= 1 - s
      fx.capacity *= starve(0.6 * need)
      fx.evaporator -= 8 * s * k
      fx.power *= 1 - 0.08 * s
      fx.vibration *= 1 + 0.6 * s * (1 - s) * 4 * k
      break
    case 'capillary-clog':
      fx.capacity *= starve(0.6 * need)
      fx.evaporator -= 9 * s * k
      fx.condenser -= 3 * s * k
      fx.power *= 1 - 0.15 * s * k
      break
    case 'defrost-heater-failure':
      fx.defrost *= Math.max(0, 1 - 2.5 * s)
      fx.frost = Math.max(fx.frost, s)
      fx.capacity *= starve(0.6 * need)
      fx.evaporator -= 6 * s * k
      fx.fan *= 1 - 0.12 * s
      break
    case 'start-relay-failure':
      fx.startFails = Math.max(fx.startFails, s)
      break
    case 'temperature-sensor-drift':
      fx.sensorBias -= 6.3 * s
      break
  }
}
