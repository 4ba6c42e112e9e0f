import { type Language, type Millis, pick } from '../../core/index.ts'
import { Noise } from '../appliances/noise.ts'
import type { Weather } from './weather.ts'

/** What surrounds an appliance now. One object per appliance, rewritten every ten minutes of its time. */
export interface Surroundings {
  /** Cel. */
  outdoor: number
  /** Air of the room it stands in, unless it makes that air itself; Cel. */
  ambient: number
  /** %, relative. */
  humidity: number
  /** Share of a clear noon's sun, 0 to 1. */
  sun: number
  /** 0 to 24. */
  localHour: number
  /** How much the household uses it, 1 on average; 0 on vacation, 5 at a party. */
  activity: number
  /** False in a power cut. */
  powered: boolean
  /** K over the set-point it was delivered with: what its owner chose since. */
  setpointShift: number
  /** The test that its own control runs now; '' for none. */
  testing: string
  /** Joules that were just put into the fridge (warm shopping), to be taken over and set to 0. */
  warmFood: number
}

/** A household: where it lives, who it is, how it lives. Drawn from its own stream. */
export class Home {
  readonly id: string
  readonly weather: Weather
  readonly location: { lat: number; lon: number }
  readonly owner: { name: string; contact: string; language: Language }
  readonly people: number
  /** Hour by hour, 1 on average: meals in the kitchen. */
  readonly meals: Float64Array
  #warmth: number
  #coupling: number
  constructor(seed: number, id: string, weather: Weather) {
    const noise = new Noise(seed, `home/${id}`)
    this.id = id
    this.weather = weather
    const { lat, lon, language } = weather.region
    const far = 0.09 * Math.sqrt(noise.next())
    const way = noise.between(0, 2 * Math.PI)
    const round = (degrees: number): number => Math.round(degrees * 1e4) / 1e4
    this.location = { lat: round(lat + far * Math.cos(way)), lon: round(lon + 1.4 * far * Math.sin(way)) }
    this.owner = {
      name: `${pick(noise, firstNames)} ${pick(noise, lastNames)}`,
      contact: `${id}@owners.invalid`,
      language,
    }
    this.people = 1 + Math.floor(noise.next() * 5)
    this.#warmth = noise.between(19.5, 23)
    this.#coupling = noise.between(0.12, 0.38)
    const early = noise.between(-1, 1)
    const late = noise.between(-1, 1.5)
    this.meals = new Float64Array(24)
    let sum = 0
    for (let hour = 0; hour < 24; hour++) {
      const peak = (at: number, width: number): number => Math.exp(-(((hour + 0.5 - at) / width) ** 2))
      const awake = hour >= 6 && hour < 23 ? 0.35 : 0.03
      this.meals[hour] = awake + 1.6 * peak(7.5 + early, 1) + 1.2 * peak(12.5, 1) + 2 * peak(18.7 + late, 1.6)
      sum += this.meals[hour]!
    }
    for (let hour = 0; hour < 24; hour++) this.meals[hour]! *= 24 / sum
  }
  /** Air in the kitchen, Cel: heated in winter, following the heat above 18 Cel outside, warmer in the evening. */
  kitchen(outdoor: number, localHour: number): number {
    const summer = this.#coupling * Math.max(0, outdoor - 18)
    const winter = 0.06 * Math.min(0, outdoor - 18)
    return this.#warmth + summer + winter + 0.8 * Math.cos(((localHour - 18) / 12) * Math.PI)
  }
  /** Rewrites what depends on the weather and the hour. */
  surround(around: Surroundings, at: Millis): void {
    around.outdoor = this.weather.outdoor(at)
    around.humidity = this.weather.humidity(at)
    around.sun = this.weather.sun(at)
    around.localHour = this.weather.localHour(at)
    around.ambient = this.kitchen(around.outdoor, around.localHour)
  }
}

const firstNames = [
  'Anna',
  'Ben',
  'Chen',
  'Dana',
  'Emil',
  'Fei',
  'Greta',
  'Hugo',
  'Ines',
  'Jun',
  'Kai',
  'Lena',
  'Min',
  'Nora',
  'Otto',
  'Pia',
  'Qing',
  'Rosa',
  'Sven',
  'Tao',
]
const lastNames = [
  'Adler',
  'Berg',
  'Cao',
  'Deng',
  'Engel',
  'Fischer',
  'Gao',
  'Hahn',
  'Iversen',
  'Jiang',
  'Koch',
  'Li',
  'Meyer',
  'Novak',
  'Otte',
  'Peng',
  'Roth',
  'Sun',
  'Tang',
  'Weber',
]
