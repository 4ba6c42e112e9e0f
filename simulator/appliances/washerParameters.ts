import { clamp } from './machine.ts'
import type { Noise } from './noise.ts'
import { programs, type WashHabits } from './washerPrograms.ts'

/** What one washer is. */
export interface WasherParameters {
  heaterW: number
  /** mm/s of level while the valve is open; share of the level lost per second while the pump runs. */
  fillRate: number
  drainRate: number
  /** rad/s and damping of the tub on its springs; kg that swing. */
  resonance: number
  damping: number
  tubKg: number
  /** Share of the tub's motion that the sensor on the frame sees. */
  transmission: number
  envelope: number
  broadband: number
  motorA: number
  standbyW: number
  habits: WashHabits
}

export function drawWasher(noise: Noise, people: number): WasherParameters {
  const names = Object.keys(programs)
  return {
    heaterW: noise.between(1_700, 2_300),
    fillRate: noise.between(0.55, 1),
    drainRate: noise.between(0.045, 0.075),
    resonance: (noise.between(150, 270) * Math.PI) / 30,
    damping: noise.between(0.13, 0.24),
    tubKg: noise.between(60, 80),
    transmission: noise.between(0.06, 0.13),
    envelope: noise.between(0.06, 0.16),
    broadband: noise.between(0.25, 0.6),
    motorA: noise.between(0.9, 1.5),
    standbyW: noise.between(0.6, 2),
    habits: {
      perWeek: clamp(1.3 * people * noise.between(0.7, 1.4), 1.5, 9),
      hour: noise.between(9, 19),
      favourite: names[Math.floor(noise.next() * names.length)]!,
    },
  }
}
