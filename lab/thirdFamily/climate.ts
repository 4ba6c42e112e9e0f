// The weather of a place of the third family, hour by hour, drawn beforehand: both hemispheres, with heat waves.
import { DAY, gaussian, HOUR, type Millis, type Random, uniform } from '../../core/index.ts'

interface Place {
  /** Degrees north. */
  latitude: number
  meanC: number
  yearK: number
  dayK: number
  /** Dew point below the mean of the day, K. */
  drynessK: number
}

/** Yearly mean and half ranges after the climate normals 1991–2020 of such places, rounded. */
const places: readonly Place[] = [
  { latitude: 31, meanC: 17.5, yearK: 12, dayK: 3.5, drynessK: 4 },
  { latitude: 41, meanC: 16, yearK: 9, dayK: 4.5, drynessK: 7 },
  { latitude: 33, meanC: 23, yearK: 11, dayK: 7, drynessK: 16 },
  { latitude: 48, meanC: 11.5, yearK: 10.5, dayK: 5, drynessK: 5 },
  { latitude: -34, meanC: 18, yearK: 5.5, dayK: 4, drynessK: 5 },
  { latitude: -33, meanC: 15, yearK: 7, dayK: 8, drynessK: 8 },
]

/** Water in saturated air, kg/kg at 1013 hPa. Source: Magnus' formula with Sonntag's constants (1990). */
export function saturatedRatio(celsius: number): number {
  const hPa = 6.112 * Math.exp((17.62 * celsius) / (243.12 + celsius))
  return (0.622 * hPa) / (1013 - hPa)
}

export interface Weather {
  outdoorC: number
  /** kg/kg. */
  waterRatio: number
  /** On a window, W/m². */
  sunWPerM2: number
}

export class Climate {
  readonly #place: Place
  readonly #from: Millis
  readonly #outdoorC: Float64Array
  readonly #dewC: Float64Array
  readonly #clear: Float64Array
  readonly heatWaves: { from: Millis; to: Millis }[] = []

  /** Departures from the normals follow Ornstein and Uhlenbeck (1930), with a memory of three days for warmth, one for clouds. */
  constructor(random: Random, nth: number, from: Millis, days: number) {
    this.#place = places[nth % places.length]!
    this.#from = from
    const hours = (days + 2) * 24
    this.#outdoorC = new Float64Array(hours)
    this.#dewC = new Float64Array(hours)
    this.#clear = new Float64Array(hours)
    for (let at = from + uniform(random, 10, 60) * DAY; at < from + days * DAY; at += uniform(random, 25, 80) * DAY)
      this.heatWaves.push({ from: at, to: at + uniform(random, 3, 9) * DAY })
    const { meanC, yearK, dayK, drynessK, latitude } = this.#place
    let [warmth, clouds] = [0, 0]
    for (let h = 0; h < hours; h++) {
      warmth += -warmth / 72 + 2.6 * Math.sqrt(2 / 72) * gaussian(random)
      clouds += -clouds / 24 + Math.sqrt(2 / 24) * gaussian(random)
      const at = from + h * HOUR
      const season = Math.cos((2 * Math.PI * (at / DAY - 201)) / 365.25) * (latitude < 0 ? -1 : 1)
      const daily = Math.cos((2 * Math.PI * ((at / HOUR) % 24) - 2 * Math.PI * 15) / 24)
      const wave = this.heatWaves.some((one) => at >= one.from && at < one.to) ? 6.5 : 0
      const clear = Math.min(1, Math.max(0.1, 0.6 - 0.35 * clouds))
      this.#clear[h] = clear
      const dayMean = meanC + yearK * season + warmth + wave
      this.#outdoorC[h] = dayMean + dayK * daily * (0.4 + 0.8 * clear)
      this.#dewC[h] = dayMean - drynessK - 0.8 * wave + 1.5 * clouds
    }
  }

  at(at: Millis): Weather {
    const hour = Math.max(0, Math.min(this.#outdoorC.length - 1.001, (at - this.#from) / HOUR))
    const h = Math.floor(hour)
    const part = hour - h
    const outdoorC = this.#outdoorC[h]! * (1 - part) + this.#outdoorC[h + 1]! * part
    const dewC = Math.min(outdoorC, this.#dewC[h]! * (1 - part) + this.#dewC[h + 1]! * part)
    return {
      outdoorC,
      waterRatio: saturatedRatio(dewC),
      sunWPerM2: 620 * Math.max(0, this.#sunHeight(at)) * this.#clear[h]!,
    }
  }

  /** Sine of the sun's height. Source: Cooper (1969), declination; Duffie and Beckman, Solar Engineering, equation 1.6.5. */
  #sunHeight(at: Millis): number {
    const rad = Math.PI / 180
    const declination = 23.45 * rad * Math.sin(((2 * Math.PI) / 365) * (284 + ((at / DAY) % 365.25)))
    const latitude = this.#place.latitude * rad
    const hourAngle = (2 * Math.PI * (((at / HOUR) % 24) - 12)) / 24
    return Math.sin(latitude) * Math.sin(declination) + Math.cos(latitude) * Math.cos(declination) * Math.cos(hourAngle)
  }
}
