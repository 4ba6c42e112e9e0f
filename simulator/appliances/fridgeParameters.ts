import { clamp } from './machine.ts'
import type { Noise } from './noise.ts'

/** What one fridge is. Temperatures Cel, powers W, times s. */
export interface FridgeParameters {
  setpoint: number
  band: number
  /** W/K of cabinet wall and seal. */
  ua: number
  /** J/K of air, lining and shelves; and of the food. */
  airCapacity: number
  foodCapacity: number
  /** W/K between food and air. */
  coupling: number
  powerW: number
  standbyW: number
  /** W taken out of the cabinet while it runs, at 22 Cel around. */
  coolingW: number
  /** Share of time it must run at 22 Cel. */
  duty: number
  evaporatorTemp: number
  /** s over which the freezer would follow the room, per 0.05; share of the coil's cold that reaches it. */
  freezerWarmup: number
  freezerPull: number
  condenserRise: number
  fanRpm: number
  vibration: number
  hasFan: boolean
  hasDefrost: boolean
  defrostW: number
  defrostAfter: number
  openingsPerDay: number
  openingSeconds: number
}

/** Draws a fridge from what it should show (duty, cycle lengths of real ones) back to what it must then be. */
export function drawFridge(
  noise: Noise,
  o: { hasFan: boolean; hasDefrost: boolean; people: number; bandShift: number },
): FridgeParameters {
  const setpoint = Math.round(noise.between(3, 6) * 2) / 2
  const band = clamp(noise.between(2, 4) + o.bandShift, 1.5, 4.5)
  const ua = noise.between(1.2, 2.2)
  const openingsPerDay = clamp(6 + 5 * o.people * noise.between(0.6, 1.3), 8, 35)
  const openingSeconds = noise.between(8, 25)
  const loadW = ua * (22 - setpoint) + (openingsPerDay * openingSeconds * 260) / 86_400
  const duty = clamp(0.29 * Math.exp(0.27 * noise.normal()), 0.18, 0.45)
  const freezer = noise.between(-20.5, -17)
  const evaporatorTemp = noise.between(-29, -25)
  const offSeconds = clamp(noise.between(35, 63), (11 * (1 - duty)) / duty, (19 * (1 - duty)) / duty) * 60
  return {
    setpoint,
    band,
    ua,
    airCapacity: (loadW * offSeconds) / band,
    foodCapacity: noise.between(40_000, 120_000),
    coupling: noise.between(1, 3),
    powerW: noise.between(60, 122),
    standbyW: noise.between(0.8, 3),
    coolingW: loadW / duty,
    duty,
    evaporatorTemp,
    freezerWarmup: noise.between(1_500, 3_500),
    freezerPull: (0.05 * (22 - freezer)) / (duty * (freezer - evaporatorTemp + 6)),
    condenserRise: noise.between(11, 19),
    fanRpm: noise.between(1_400, 2_200),
    vibration: noise.between(0.4, 1.2),
    hasFan: o.hasFan,
    hasDefrost: o.hasDefrost,
    defrostW: noise.between(110, 170),
    defrostAfter: noise.between(7, 9) * 3600,
    openingsPerDay,
    openingSeconds,
  }
}
