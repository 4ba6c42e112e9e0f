import { DAY, gaussian, MINUTE, type Millis, type Reading, SeededRandom } from '../core/index.ts'

export const START: Millis = Date.UTC(2026, 0, 1)

/** What can be wrong with the hand-made fridge, from a day on. */
export interface MadeFault {
  fromDay: number
  /** Share of the cooling capacity lost by the end of `overDays`. */
  capacity?: number
  /** Share of power gained. */
  power?: number
  overDays?: number
  /** The compressor stops for good. */
  dead?: boolean
}

/**
 * A fridge of one air node and a thermostat, one reading a minute: not the simulator, and simpler on purpose.
 * @param metrics which of its sensors it has
 */
export function madeFridge(seed: number, days: number, fault: MadeFault | null = null, metrics?: string[]): Reading[] {
  const random = new SeededRandom(seed, 'hand-made fridge')
  const readings: Reading[] = []
  const ua = 1.5 * (1 + 0.1 * gaussian(random))
  const watts = 85 * (1 + 0.1 * gaussian(random))
  let cabinet = 4
  let on = false
  for (let minute = 1; minute <= days * 1440; minute++) {
    const ts = START + minute * MINUTE
    const day = minute / 1440
    const share = fault && day > fault.fromDay ? Math.min(1, (day - fault.fromDay) / (fault.overDays ?? 1)) : 0
    const ambient = 21 + 2 * Math.sin(2 * Math.PI * day) + 2 * Math.sin(day / 5)
    const door = random.next() < 0.01 ? 20 : 0
    const before = on
    if (cabinet > 5.5) on = true
    if (cabinet < 2.5) on = false
    if (fault?.dead && day > fault.fromDay) on = false
    const cooling = on ? 110 * (1 - share * (fault?.capacity ?? 0)) : 0
    cabinet += ((ua * (ambient - cabinet) + door * 3 - cooling) * 60) / 20_000
    const all: Record<string, number> = {
      cabinetTemp: round(cabinet + 0.05 * gaussian(random), 0.1),
      evaporatorTemp: round((on ? -22 : -8) + 0.3 * gaussian(random), 0.1),
      condenserTemp: round(ambient + (on ? 12 : 1) + 0.3 * gaussian(random), 0.1),
      ambientTemp: round(ambient + 0.1 * gaussian(random), 0.1),
      setpointTemp: 4,
      power: round(on ? watts * (1 + share * (fault?.power ?? 0)) * (1 + 0.01 * gaussian(random)) : 1.5, 0.5),
      compressorOn: on ? 1 : 0,
      compressorStarts: on && !before ? 1 : 0,
      doorOpen: door,
    }
    readings.push({
      ts,
      metrics: metrics ? Object.fromEntries(metrics.map((metric) => [metric, all[metric]!])) : all,
    })
  }
  return readings
}

const round = (value: number, step: number): number => Math.round(value / step) * step

export const afterDays = (days: number): Millis => START + days * DAY
