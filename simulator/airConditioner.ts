import { type Millis, uniform } from '../core/index.ts'
import type { ApplianceModel, ModelInput, Severities } from './model.ts'
import { noise, quantize } from './sensorNoise.ts'

const SUBSTEP_S = 30

/**
 * A split air conditioner in one room. Room as resistance and capacity with sun and people; fixed speed (3 min
 * lock-out) or inverter; cooling above and heating below comfort. COP falls 2 to 3 % a kelvin outdoors.
 */
export function createAirConditioner({ home, random, sign, age, settings }: ModelInput): ApplianceModel {
  const inverter = random.next() < 0.6
  const p = {
    resistance: uniform(random, 5, 10),
    capacity: uniform(random, 0.9, 1.8),
    rated: uniform(random, 2_400, 3_800),
    cop: uniform(random, 2.8, 3.5),
    copSlope: uniform(random, 0.02, 0.03),
    indoorFan: uniform(random, 900, 1_250),
    outdoorFan: uniform(random, 700, 900),
    airflow: uniform(random, 0.15, 0.2),
    vibration: uniform(random, 0.3, 0.8),
    sunShare: uniform(random, 0.5, 1.6),
    powerFactor: uniform(random, 0.92, 0.97),
    standby: uniform(random, 1, 4),
    comfort: uniform(random, 24, 26),
    heats: random.next() < 0.9,
    pan: uniform(random, 2, 6),
  }
  const s = { room: home.warmth + 1, coil: 22, condenser: 20, on: 0, since: 9e9, hz: 0, pan: 2, people: 0 }
  const values: Record<string, number> = {}
  const states: Record<string, string> = { mode: 'off' }

  function step(at: Millis, seconds: number, sev: Severities): void {
    const outdoor = home.weather.outdoor(at)
    const activity = home.activity(at)
    const leak = sev['refrigerant-leak'] ?? 0
    const filter = sev['filter-clog'] ?? 0
    const foul = sev['condenser-fouling'] ?? 0
    const wear = sev['compressor-wear'] ?? 0
    const capacitor = sev['capacitor-fade'] ?? 0
    const imbalance = sev['fan-imbalance'] ?? 0
    const block = sev['condensate-drain-block'] ?? 0
    const bias = (sev['temperature-sensor-bias'] ?? 0) * 4 * sign()
    const hour = home.localHour(at)
    const present = activity > 0 && (hour > 6.5 || hour < 0.5)
    const wantsCool = present && s.room > p.comfort - 1.5 && outdoor > 17
    const wantsHeat = present && p.heats && s.room < 22.3 && outdoor < 15
    const mode = wantsCool ? 'cool' : wantsHeat ? 'heat' : 'off'
    if (states.mode !== mode && !(s.on && states.mode !== 'off' && present && Math.abs(s.room - settings.setpoint) < 3))
      states.mode = mode
    const setpoint = states.mode === 'heat' ? 22 : settings.setpoint
    const direction = states.mode === 'heat' ? -1 : 1
    const aged = 1 - 0.05 * age(at)

    let onSeconds = 0
    let energy = 0
    let starts = 0
    let hzSum = 0
    let cooled = 0
    const n = Math.max(1, Math.round(seconds / SUBSTEP_S))
    const dt = seconds / n
    const flow = p.airflow * (1 - 0.6 * filter)
    for (let i = 0; i < n; i++) {
      const error = direction * (s.room + bias - setpoint)
      s.since += dt
      if (states.mode === 'off') s.on = 0
      else if (!s.on && error > 0.5 && s.since > 180) {
        // A weak capacitor: the motor hums and gives up, again and again.
        if (random.next() < 0.85 * Math.max(0, capacitor - 0.45) * 1.8) {
          energy += p.rated * 0.9 * 4
          s.since = 0
        } else {
          s.on = 1
          starts++
        }
      } else if (s.on && error < (inverter ? -0.8 : -0.5)) {
        s.on = 0
        s.since = 0
      }
      const hz = s.on ? (inverter ? Math.min(90, Math.max(20, 30 + 28 * error)) : 50) : 0
      s.hz += ((hz - s.hz) * dt) / 60
      let cooling = 0
      if (s.on) {
        onSeconds += dt
        const load = inverter ? s.hz / 60 : 1
        const lift = direction > 0 ? outdoor - 35 : 7 - outdoor
        const cop =
          p.cop *
          (1 - p.copSlope * lift) *
          (1 - 0.15 * leak) *
          (1 - 0.2 * foul) *
          (1 - 0.22 * wear) *
          (1 - 0.12 * filter) *
          (inverter ? 1.15 - 0.2 * load : 1)
        cooling =
          p.rated *
          load *
          (1 - 0.009 * lift) *
          (1 - 0.7 * leak) *
          (1 - 0.4 * foul) *
          (1 - 0.5 * wear) *
          (1 - 0.42 * filter) *
          (1 - 0.15 * capacitor) *
          aged
        const watts = (cooling / Math.max(0.8, cop)) * (1 + 0.25 * foul + 0.18 * wear + 0.14 * capacitor)
        energy += watts * dt
        const span = cooling / (flow * 1_206)
        const target = s.room - direction * (span * 1.25 + 1.5 + 5 * leak + 4 * filter)
        s.coil += ((target - s.coil) * dt) / 90
        const hot = outdoor + direction * ((cooling + watts) / (330 * (1 - 0.5 * foul)) - 3 * leak)
        s.condenser += ((hot - s.condenser) * dt) / 150
      } else {
        s.coil += ((s.room - s.coil) * dt) / 420
        s.condenser += ((outdoor - s.condenser) * dt) / 400
      }
      hzSum += s.hz * dt
      cooled += cooling * dt
      const gains =
        p.sunShare * home.weather.sun(at) +
        (present ? 140 : 20) +
        (states.mode === 'off' ? 60 * (home.warmth - s.room) : 0)
      s.room +=
        (((outdoor - s.room) * 1_000) / p.resistance + gains - direction * cooling) * (dt / (p.capacity * 1_000_000))
      const wet = direction > 0 && s.coil < 14 ? cooling * 2.2e-7 * dt * (home.weather.humidity(at) / 60) : 0
      s.pan = Math.max(1, s.pan + wet * 400 - (s.pan > p.pan * (1 + 9 * block) ? wet * 400 + 0.02 * dt : 0))
    }
    const run = onSeconds / seconds
    const fan = states.mode === 'off' ? 0 : p.indoorFan * (0.75 + 0.25 * run)
    const meanHz = hzSum / seconds
    const watts = energy / seconds + p.standby + (fan > 0 ? 28 * (1 + 0.35 * filter) : 0)
    const span = fan > 0 ? cooled / seconds / (flow * 1_206) : 0
    values.roomTemp = quantize(s.room + bias + 0.08 * noise(random), 0.1)
    values.outdoorTemp = quantize(outdoor + 0.2 * noise(random), 0.1)
    values.setpointTemp = setpoint
    values.returnTemp = quantize(s.room + 0.3 + 0.12 * noise(random), 0.1)
    values.supplyTemp = quantize(s.room - direction * span + 0.25 * noise(random), 0.1)
    values.coilTemp = quantize(s.coil + 0.2 * noise(random), 0.1)
    values.condenserTemp = quantize(s.condenser + 0.25 * noise(random), 0.1)
    values.humidity = quantize(home.weather.humidity(at) * 0.85 + 0.6 * noise(random), 0.5)
    values.power = quantize(Math.max(0, watts * (1 + 0.006 * noise(random))), 1)
    values.current = quantize(
      Math.max(0, (watts / (230 * p.powerFactor * (1 - 0.14 * capacitor))) * (1 + 0.008 * noise(random))),
      0.01,
    )
    values.compressorFrequency = inverter || run > 0 ? quantize(inverter ? meanHz : 50 * run, 0.5) : 0
    values.compressorOn = Math.round(100 * run) / 100
    values.compressorStarts = starts
    values.indoorFanSpeed = quantize(fan * (1 - 0.04 * imbalance) * (1 + 0.01 * noise(random)), 10)
    values.outdoorFanSpeed = quantize(run * p.outdoorFan * (1 - 0.1 * capacitor) * (1 + 0.01 * noise(random)), 10)
    values.vibration = Math.max(
      0,
      quantize(
        0.03 +
          (run * 0.7 + (fan > 0 ? 0.3 : 0)) * p.vibration * (1 + 3 * imbalance + 2 * wear) * (1 + 0.06 * noise(random)),
        0.01,
      ),
    )
    values.condensateLevel = quantize(Math.max(0, s.pan + 0.2 * noise(random)), 0.5)
  }
  return {
    values,
    states,
    cadence: () => 60,
    step,
    state: () => ({ ...s, mode: states.mode ?? 'off', random: random.state() as unknown as number[] }),
    restore(state) {
      const { random: r, mode, ...rest } = state
      Object.assign(s, rest)
      states.mode = String(mode)
      random.restore(r as unknown as [number, number, number, number])
    },
  }
}
