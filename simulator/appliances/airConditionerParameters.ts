import { clamp } from './machine.ts'
import type { Noise } from './noise.ts'

/** What one air conditioner and its room are. Cel, W, K/W, J/K. */
export interface AirConditionerParameters {
  inverter: boolean
  coolAt: number
  heatAt: number
  /** K/W of the room's shell; EVALUATION.md: 5 to 10 K/kW. */
  resistance: number
  capacity: number
  sunW: number
  peopleW: number
  ratedW: number
  cop: number
  /** Share of the COP lost per K that the outside is further away. */
  copSlope: number
  airflow: number
  indoorRpm: number
  outdoorRpm: number
  vibration: number
  powerFactor: number
  /** Local hours between which it may run; `from > to` crosses midnight. */
  from: number
  to: number
  standbyW: number
}

export function drawAirConditioner(
  noise: Noise,
  o: { inverter: boolean; people: number; hottest: number; coldest: number },
): AirConditionerParameters {
  const coolAt = Math.round(noise.between(24, 27) * 2) / 2
  const heatAt = Math.round(noise.between(19.5, 22) * 2) / 2
  const resistance = noise.between(0.005, 0.01)
  const sunW = noise.between(100, 700)
  const peopleW = 70 * o.people * noise.between(0.6, 1.2)
  const needs = Math.max((o.hottest - coolAt) / resistance + sunW + peopleW, (heatAt - o.coldest) / resistance)
  const habits = [
    [0, 24],
    [7, 23],
    [16.5, 7.5],
    [11, 23.5],
  ] as const
  const [from, to] = habits[Math.floor(noise.next() * habits.length)]!
  const ratedW = clamp((needs * noise.between(1.15, 1.5)) / 0.8, 2_200, 7_500)
  return {
    inverter: o.inverter,
    coolAt,
    heatAt,
    resistance,
    capacity: noise.between(1.2e6, 3e6),
    sunW,
    peopleW,
    ratedW,
    cop: noise.between(2.8, 3.5),
    copSlope: noise.between(0.02, 0.03),
    airflow: ratedW * noise.between(5e-5, 7e-5),
    indoorRpm: noise.between(900, 1_300),
    outdoorRpm: noise.between(700, 950),
    vibration: noise.between(0.6, 1.6),
    powerFactor: noise.between(0.9, 0.98),
    from,
    to,
    standbyW: noise.between(1, 4),
  }
}
