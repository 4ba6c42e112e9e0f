import { DAY, HOUR, type Millis, type Random } from '../core/index.ts'
import type { Weather } from './weather.ts'

/** Spans that change how a home uses its appliances. */
export interface HomeSpan {
  kind: 'vacation' | 'party' | 'warm-restock'
  from: Millis
  to: Millis
}

/** One household: its climate and its habits. */
export interface Home {
  id: string
  weather: Weather
  /** Mean of the rooms, °C, and how much of the outdoor swing comes in, 0 to 1. */
  warmth: number
  leak: number
  /** Hour of the local day, 0 to 24. */
  localHour(at: Millis): number
  spans: HomeSpan[]
  /** How many times the usual use, by the hour. */
  activity(at: Millis): number
}

export function createHome(id: string, weather: Weather, longitude: number, random: Random): Home {
  const offset = (longitude / 15) * HOUR
  const early = (random.next() - 0.5) * 2
  const spans: HomeSpan[] = []
  const localHour = (at: Millis): number => ((((at + offset) % DAY) + DAY) % DAY) / HOUR
  const meal = (hour: number, peak: number, width: number): number => Math.exp(-(((hour - peak) / width) ** 2))
  return {
    id,
    weather,
    warmth: 20.2 + 2.4 * random.next(),
    leak: 0.1 + 0.2 * random.next(),
    spans,
    localHour,
    activity(at) {
      const hour = localHour(at) - early
      let use = hour < 6 || hour > 23.5 ? 0.06 : 0.5
      use += 1.6 * meal(hour, 7.5, 1) + 1.3 * meal(hour, 12.5, 1.2) + 2.2 * meal(hour, 18.5, 1.5)
      for (const span of spans) {
        if (at < span.from || at >= span.to) continue
        if (span.kind === 'vacation') return 0
        if (span.kind === 'party') use *= 3
      }
      return use
    },
  }
}

/** Air of the kitchen, °C. */
export function indoor(home: Home, at: Millis): number {
  const outdoor = home.weather.outdoor(at)
  const away = home.spans.some((span) => span.kind === 'vacation' && at >= span.from && at < span.to) && outdoor < 15
  const daily = 0.6 * Math.cos((2 * Math.PI * (home.localHour(at) - 18)) / 24)
  return home.warmth + home.leak * (outdoor - 13) + (outdoor > 24 ? 0.35 * (outdoor - 24) : 0) + daily - (away ? 3 : 0)
}
