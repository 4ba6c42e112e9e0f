import { DAY, type Millis, uniform } from '../core/index.ts'
import type { ApplianceModel, ModelInput, Severities } from './model.ts'
import { noise, quantize } from './sensorNoise.ts'

interface Phase {
  phase: string
  seconds: number
  rpm: number
  /** Target of heating, °C. */
  heatTo?: number
}

const IDLE_S = 600
const RUNNING_S = 5

/**
 * A washer: programs of phases, a heater, a drum on a suspension. Imbalance force grows with m·r·ω²; the suspension
 * resonates at 120 to 300 rpm; a bearing shows in the envelope first, then in kurtosis, last in RMS.
 */
export function createWasher({ home, random, age }: ModelInput): ApplianceModel {
  const p = {
    perWeek: uniform(random, 2.5, 7),
    heater: uniform(random, 1_750, 2_250),
    spin: [1000, 1200, 1400][Math.floor(random.next() * 3)] as number,
    fillMmPerS: uniform(random, 0.55, 0.9),
    drainMmPerS: uniform(random, 1.3, 2.1),
    motor: uniform(random, 0.85, 1.2),
    vibration: uniform(random, 0.8, 1.3),
    resonance: uniform(random, 150, 260),
    level: uniform(random, 90, 130),
    standby: uniform(random, 0.4, 1.5),
    capacity: uniform(random, 5, 8),
    envelope: uniform(random, 0.03, 0.06),
  }
  const s = {
    queue: [] as Phase[],
    into: 0,
    program: '',
    load: 0,
    offset: 0,
    water: 0,
    level: 0,
    rpm: 0,
    filled: 0,
    stalled: 0,
    tries: 0,
  }
  const values: Record<string, number> = {}
  const states: Record<string, string> = { phase: 'idle', program: '' }

  function begin(): void {
    const warm = [30, 40, 40, 60][Math.floor(random.next() * 4)] as number
    s.load = Math.min(p.capacity, 1 + (p.capacity - 1) * random.next() ** 0.8)
    s.offset = 0.08 + 0.5 * random.next() ** 2
    s.program = warm === 60 ? 'cotton60' : warm === 40 ? 'cotton40' : 'easy30'
    s.level = 0
    s.stalled = 0
    s.tries = 0
    const rinse: Phase[] = [
      { phase: 'fill', seconds: 900, rpm: 30 },
      { phase: 'rinse', seconds: 360, rpm: 45 },
      { phase: 'drain', seconds: 900, rpm: 30 },
    ]
    s.queue = [
      { phase: 'fill', seconds: 900, rpm: 30 },
      { phase: 'heat', seconds: 3600, rpm: 45, heatTo: warm },
      { phase: 'wash', seconds: 900 + Math.round(600 * random.next()), rpm: 48 },
      { phase: 'drain', seconds: 900, rpm: 30 },
      ...rinse,
      ...rinse,
      { phase: 'spin', seconds: 540, rpm: p.spin },
      { phase: 'end', seconds: 60, rpm: 0 },
    ]
    s.into = 0
  }

  function step(at: Millis, seconds: number, sev: Severities): void {
    const inlet = 8 + 0.35 * Math.max(0, home.weather.outdoor(at))
    const current = s.queue[0]
    if (!current) {
      states.phase = 'idle'
      states.program = ''
      const chance = ((p.perWeek / 7) * (seconds * 1000)) / DAY
      const hour = home.localHour(at)
      if (hour > 7 && hour < 21.5 && random.next() < chance * 1.65 * Math.min(1.4, home.activity(at) > 0 ? 1 : 0))
        begin()
      idle(inlet)
      return
    }
    s.into += seconds
    states.phase = current.phase
    states.program = s.program
    const lock = sev['door-lock-failure'] ?? 0
    let power = 4
    let amps = 0.06
    let done = s.into >= current.seconds
    let locked = 1
    if (current.phase === 'fill') {
      const rate = p.fillMmPerS * (1 - 0.85 * (sev['inlet-valve-failure'] ?? 0)) * (1 + 0.02 * noise(random))
      s.level += rate * seconds
      s.water = s.level > 20 ? s.water + ((inlet - s.water) * seconds) / 60 : inlet
      done = s.level >= p.level
      power += 9
      if (s.into >= current.seconds && !done) fail()
      if (random.next() < 0.02 * lock) {
        locked = 0
        s.tries++
        if (lock > 0.9 && s.tries > 6) fail()
      }
    } else if (current.phase === 'heat') {
      const dead = Math.min(1, sev['heater-failure'] ?? 0)
      const scale = sev['heater-scale'] ?? 0
      const watts = p.heater * (1 - dead) * (1 - 0.06 * scale)
      const heatToWater = watts * (1 - 0.55 * scale) - 28 * (s.water - 20)
      s.water += (heatToWater * seconds) / ((6 + 1.6 * s.load) * 4_186)
      power += watts
      done = s.water >= (current.heatTo ?? 0) || s.into >= current.seconds
      if (s.into >= current.seconds && (current.heatTo ?? 0) - s.water > 12) s.stalled++
    } else if (current.phase === 'drain') {
      const clog = sev['drain-clog'] ?? 0
      s.level = Math.max(0, s.level - (p.drainMmPerS / (1 + 3.2 * clog)) * (1 + 0.02 * noise(random)) * seconds)
      power += 28 * (1 + 0.2 * clog)
      done = s.level <= 2
      if (s.into >= current.seconds && !done) fail()
    } else s.water += ((20 - s.water) * seconds) / 4_000

    const belt = sev['belt-slip'] ?? 0
    const target = current.phase === 'spin' ? ramp(s.into, current) : current.rpm
    const slip = 1 - (current.phase === 'spin' ? 0.35 : 0.5) * belt * (0.6 + 0.4 * random.next())
    s.rpm = target * slip
    const bearing = sev['bearing-wear'] ?? 0
    if (target > 0) {
      const torque = p.motor * (0.35 + 0.06 * s.load) * (1 + 0.35 * bearing) * (1 + 0.03 * age(at))
      amps = 0.3 + torque * (0.9 + (1.1 * target) / 1200) * (1 + 0.04 * noise(random)) * (1 - 0.25 * belt)
      power += 110 * amps * (0.4 + (0.9 * target) / 1200)
    }
    vibrate(target, sev)
    values.motorCurrent = quantize(Math.max(0, amps), 0.01)
    values.power = quantize(Math.max(0, power * (1 + 0.01 * noise(random))), 1)
    values.drumSpeed = Math.max(0, quantize(s.rpm * (1 + 0.004 * noise(random)), 1))
    values.waterTemp = quantize(s.water + 0.2 * noise(random), 0.5)
    values.inletTemp = quantize(inlet + 0.2 * noise(random), 0.5)
    values.waterLevel = quantize(Math.max(0, s.level + 0.6 * noise(random)), 1)
    values.load = quantize(Math.max(0, s.load + 0.15 * noise(random)), 0.1)
    values.doorLocked = locked
    if (done && s.queue[0] === current) {
      s.queue.shift()
      s.into = 0
    }
  }

  /** It cannot go on: shows an error for a while, then somebody switches it off. */
  function fail(): void {
    s.queue = [{ phase: 'error', seconds: 600, rpm: 0 }]
    s.into = 0
  }

  function vibrate(target: number, sev: Severities): void {
    const omega = target / 1000
    const damper = sev['damper-wear'] ?? 0
    const chronic = (sev['drum-imbalance'] ?? 0) * 0.85
    const bearing = sev['bearing-wear'] ?? 0
    const near = Math.exp(-(((target - p.resonance) / 70) ** 2))
    const mass = s.offset * 0.5 + chronic
    const first = p.vibration * mass * (9 * omega * omega * (1 + 0.35 * damper) + 5.5 * near * (1 + 2.4 * damper))
    const broadband = p.vibration * (0.12 + 0.9 * omega) * (1 + 2.2 * Math.max(0, bearing - 0.35) + 0.25 * damper)
    const jitter = 1 + 0.05 * noise(random)
    const rms = Math.hypot(first, broadband) * jitter
    const kurtosis = 3 + 0.15 * noise(random) + 9 * Math.max(0, bearing - 0.15) * (0.7 + 0.3 * random.next())
    values.vibration1x = quantize(first * jitter, 0.01)
    values.vibrationRms = quantize(0.02 + rms, 0.01)
    values.vibrationKurtosis = quantize(Math.max(1.5, kurtosis), 0.05)
    values.vibrationPeak = quantize(rms * (1.4 + 0.55 * Math.sqrt(Math.max(1, kurtosis))), 0.05)
    values.bearingEnvelope = quantize(
      p.envelope * (0.25 + 2 * omega) * (1 + 14 * bearing ** 0.8) * (1 + 0.07 * noise(random)),
      0.001,
    )
  }

  function idle(inlet: number): void {
    values.drumSpeed = 0
    values.power = quantize(p.standby, 0.1)
    values.motorCurrent = 0
    values.waterTemp = quantize(20 + 0.3 * noise(random), 0.5)
    values.inletTemp = quantize(inlet, 0.5)
    values.waterLevel = 0
    values.load = 0
    values.vibrationRms = 0.02
    values.vibrationPeak = 0.05
    values.vibrationKurtosis = 3
    values.vibration1x = 0
    values.bearingEnvelope = 0
    values.doorLocked = 0
  }

  return {
    values,
    states,
    cadence: () => (s.queue.length > 0 ? RUNNING_S : IDLE_S),
    step,
    state: () => ({ ...s, queue: JSON.stringify(s.queue), random: random.state() as unknown as number[] }),
    restore(state) {
      const { random: r, queue, ...rest } = state
      Object.assign(s, rest, { queue: JSON.parse(String(queue)) as Phase[] })
      random.restore(r as unknown as [number, number, number, number])
    },
  }
}

/** Through the resonance slowly, then up to the plateau. */
function ramp(into: number, phase: Phase): number {
  if (into < 60) return (300 * into) / 60
  if (into < 150) return 300 + ((phase.rpm - 300) * (into - 60)) / 90
  return into > phase.seconds - 30 ? (phase.rpm * Math.max(0, phase.seconds - into)) / 30 : phase.rpm
}
