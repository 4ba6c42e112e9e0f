import { DAY, HOUR, type Millis, type Random, uniform } from '../core/index.ts'
import type { Home } from './home.ts'

/** What happens to an appliance's data, or to its life, without being a fault. */
export interface Nuisance {
  kind:
    | 'gap'
    | 'power-cut'
    | 'stuck-sensor'
    | 'rescaled-channel'
    | 'set-point-change'
    | 'relocation'
    | 'vacation'
    | 'party'
    | 'warm-restock'
    | 'clock-skew'
  from: Millis
  to: Millis
  metric?: string
  gain?: number
  offset?: number
}

/** About how often a year each comes to one appliance, and for how long. */
const yearly: { kind: Nuisance['kind']; perYear: number; hours: [number, number] }[] = [
  { kind: 'gap', perYear: 5, hours: [1, 72] },
  { kind: 'power-cut', perYear: 2, hours: [0.2, 3] },
  { kind: 'stuck-sensor', perYear: 0.08, hours: [24, 240] },
  { kind: 'rescaled-channel', perYear: 0.12, hours: [24 * 400, 24 * 401] },
  { kind: 'set-point-change', perYear: 0.7, hours: [24 * 60, 24 * 200] },
  { kind: 'relocation', perYear: 0.08, hours: [24 * 400, 24 * 401] },
  { kind: 'vacation', perYear: 1.5, hours: [72, 400] },
  { kind: 'party', perYear: 2, hours: [4, 9] },
  { kind: 'warm-restock', perYear: 12, hours: [0.4, 1] },
  { kind: 'clock-skew', perYear: 0.1, hours: [24, 240] },
]

/** Sensors whose scale a firmware may change. */
const rescalable: Record<string, string[]> = {
  fridge: ['evaporatorTemp', 'condenserTemp', 'fanSpeed', 'vibration'],
  washer: ['vibrationRms', 'bearingEnvelope', 'load'],
  ac: ['condenserTemp', 'coilTemp', 'vibration'],
}

/** Draws one appliance's nuisances over a span; those of the home go to the home. */
export function drawNuisances(kind: string, home: Home, from: Millis, to: Millis, random: Random): Nuisance[] {
  const drawn: Nuisance[] = []
  for (const { kind: what, perYear, hours } of yearly) {
    let at = from
    for (;;) {
      at += (-Math.log(1 - random.next()) * 365 * DAY) / perYear
      if (at >= to) break
      const nuisance: Nuisance = {
        kind: what,
        from: at,
        to: at + Math.exp(uniform(random, Math.log(hours[0]), Math.log(hours[1]))) * HOUR,
      }
      const channels = rescalable[kind] ?? []
      if (what === 'stuck-sensor' || what === 'rescaled-channel') {
        nuisance.metric = channels[Math.floor(random.next() * channels.length)]
        nuisance.gain = uniform(random, 0.85, 1.2)
        nuisance.offset = uniform(random, -1, 1)
      }
      if (what === 'set-point-change') nuisance.offset = random.next() < 0.5 ? -1 : 1
      if (what === 'relocation') nuisance.offset = uniform(random, -2.5, 3.5)
      if (what === 'clock-skew') nuisance.offset = uniform(random, -90, 90) * 1000
      if (what === 'vacation' || what === 'party' || what === 'warm-restock') {
        home.spans.push({ kind: what, from: nuisance.from, to: nuisance.to })
      }
      drawn.push(nuisance)
    }
  }
  return drawn.sort((a, b) => a.from - b.from)
}
