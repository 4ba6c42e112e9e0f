import { DAY, HOUR, hash32, type Millis } from '../core/index.ts'

/** Weather of one region: shared by all homes in it. A function of time alone, so that nothing needs to be stored. */
export interface Weather {
  /** Outdoor air, °C. */
  outdoor(at: Millis): number
  /** Sun on a window, W/m², 0 at night. */
  sun(at: Millis): number
  /** Relative humidity, %. */
  humidity(at: Millis): number
}

const YEAR = 365.25 * DAY
const unit = (text: string): number => hash32(text) / 4294967296

/**
 * A temperate climate: yearly and daily waves, a new air mass about every third day, heat waves of 4 to 9 days in
 * summer. `offset` shifts a warmer or colder region, K.
 */
export function createWeather(seed: number, region: string, longitude: number, offset = 0): Weather {
  const name = `${seed}/weather/${region}`
  const localOffset = (longitude / 15) * HOUR
  const airMass = (day: number): number => (unit(`${name}/${Math.floor(day / 3)}`) - 0.5) * 9
  const heatWave = (at: Millis): number => {
    const year = Math.floor(at / YEAR)
    const start = year * YEAR + (165 + 60 * unit(`${name}/heat/${year}`)) * DAY
    const days = 4 + 5 * unit(`${name}/heatDays/${year}`)
    const into = (at - start) / DAY
    return into > 0 && into < days ? 7 * Math.sin((Math.PI * into) / days) : 0
  }
  let hour = Number.NaN
  let from = 0
  let to = 0
  const atHour = (h: number): number => {
    const at = h * HOUR
    const day = at / DAY
    const yearly = -Math.cos((2 * Math.PI * (at - 20 * DAY)) / YEAR)
    const daily = Math.cos((2 * Math.PI * (((at + localOffset) % DAY) - 15 * HOUR)) / DAY)
    const blend = (day % 3) / 3
    const mass = airMass(day) * (1 - blend) + airMass(day + 3) * blend
    return 11 + offset + 10.5 * yearly + (3.2 + 1.4 * yearly) * daily + mass + heatWave(at)
  }
  const outdoor = (at: Millis): number => {
    const h = Math.floor(at / HOUR)
    if (h !== hour) {
      hour = h
      from = atHour(h)
      to = atHour(h + 1)
    }
    return from + (to - from) * (at / HOUR - h)
  }
  return {
    outdoor,
    sun(at) {
      const daily = Math.cos((2 * Math.PI * (((at + localOffset) % DAY) - 12.5 * HOUR)) / DAY)
      const yearly = 0.62 - 0.38 * Math.cos((2 * Math.PI * (at - 20 * DAY)) / YEAR)
      const cloud = 0.35 + 0.65 * unit(`${name}/cloud/${Math.floor(at / DAY)}`)
      return daily <= 0 ? 0 : 650 * daily * yearly * cloud
    },
    humidity(at) {
      return Math.min(
        95,
        Math.max(20, 62 - 0.8 * (outdoor(at) - 12) + 14 * (unit(`${name}/wet/${Math.floor(at / DAY)}`) - 0.5)),
      )
    },
  }
}
