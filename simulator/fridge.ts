import { DAY, type Millis, uniform } from '../core/index.ts'
import { indoor } from './home.ts'
import type { ApplianceModel, ModelInput, Severities } from './model.ts'
import { noise, quantize } from './sensorNoise.ts'

const SUBSTEP_S = 20

/**
 * A fridge: air with its walls, food, freezer, evaporator and condenser as first-order nodes; a thermostat with a
 * band; defrost after 8 h of running. Heat in kJ, power in W. Parameters are drawn so that a fleet of them matches
 * measured fridges (duty 0.14–0.59, 10–35 cycles a day).
 */
export function createFridge({ home, random, sign, age, settings }: ModelInput): ApplianceModel {
  const p = {
    band: uniform(random, 2.2, 4),
    ua: uniform(random, 1.2, 2.1),
    watts: uniform(random, 60, 115),
    cop: uniform(random, 1.65, 2.4),
    air: uniform(random, 22, 36),
    food: uniform(random, 40, 110),
    coupling: uniform(random, 1.2, 3),
    freezerSet: uniform(random, -21, -17),
    evaporatorUa: uniform(random, 6.5, 9.5),
    condenserUa: uniform(random, 9, 14),
    doors: uniform(random, 8, 35),
    fan: uniform(random, 1100, 1500),
    vibration: uniform(random, 0.25, 0.6),
    standby: uniform(random, 0.6, 2.2),
    heater: uniform(random, 130, 190),
    frostRate: uniform(random, 0.6, 1.3),
  }
  const s = {
    air: settings.setpoint,
    food: settings.setpoint,
    freezer: p.freezerSet,
    evaporator: settings.setpoint - 5,
    condenser: 25,
    on: 0,
    ranSeconds: 0,
    defrostLeft: 0,
    frost: 0.1,
    waitLeft: 0,
    tryLeft: 0,
  }
  // The freezer's share of the capacity, so that both compartments balance at 22 °C.
  const cabinetLoad = p.ua * (22 - settings.setpoint) + 6
  const freezerUa = 0.55
  const freezerLoad = freezerUa * (22 - p.freezerSet)
  const share = freezerLoad / (freezerLoad + cabinetLoad)
  const values: Record<string, number> = {}

  function step(at: Millis, seconds: number, sev: Severities): void {
    const ambient = indoor(home, at)
    const aged = age(at)
    const leak = sev['refrigerant-leak'] ?? 0
    const foul = sev['condenser-fouling'] ?? 0
    const wear = sev['compressor-wear'] ?? 0
    const clog = sev['capillary-clog'] ?? 0
    const fanLoss = sev['evaporator-fan-failure'] ?? 0
    const relay = sev['start-relay-failure'] ?? 0
    const drift = (sev['temperature-sensor-drift'] ?? 0) * 5.5 * sign()
    const ua = p.ua * (1 + 1.6 * (sev['door-seal-leak'] ?? 0)) * (1 + 0.03 * aged)
    const health = (1 - 0.72 * leak) * (1 - 0.45 * foul) * (1 - 0.62 * wear) * (1 - 0.7 * clog) * (1 - 0.05 * aged)

    // Doors: a Poisson draw for this interval, with the home's habits.
    const expected = (p.doors / DAY) * 1000 * seconds * 1.05 * home.activity(at)
    let doorSeconds = 0
    let draws = expected
    while (draws > 0 && random.next() < draws) {
      doorSeconds += 6 + 28 * random.next() ** 2
      draws -= 1
    }
    doorSeconds = Math.min(seconds, doorSeconds)
    for (const span of home.spans) {
      if (span.kind === 'warm-restock' && at >= span.from && at < span.to) s.food += (8 * seconds) / 3600
    }
    s.frost +=
      (p.frostRate * (doorSeconds * 0.00004 + seconds * 2e-7) * (1 + 4 * (sev['door-seal-leak'] ?? 0)) * (s.on + 0.2)) /
      1

    let onSeconds = 0
    let energy = 0
    let starts = 0
    let defrostSeconds = 0
    const n = Math.max(1, Math.round(seconds / SUBSTEP_S))
    const dt = seconds / n
    for (let i = 0; i < n; i++) {
      const measured = s.air + drift
      if (s.defrostLeft > 0) {
        s.on = 0
        s.defrostLeft -= dt
        defrostSeconds += dt
        const heat = p.heater * (1 - Math.min(1, sev['defrost-heater-failure'] ?? 0))
        energy += heat * dt
        s.frost = Math.max(0.02, s.frost - (heat / p.heater) * (dt / 900) * 1.6)
        s.evaporator += ((heat * 0.045 + 2 - s.evaporator * 0.2) * dt) / 260
      } else if (s.on === 0) {
        s.waitLeft -= dt
        if (measured > settings.setpoint + p.band / 2 && s.waitLeft <= 0) {
          starts++
          s.on = 1
          // A weak relay lets go again after seconds, ever more often.
          s.tryLeft = random.next() < 0.75 * relay ? 40 + 60 * random.next() : 1e9
        }
      } else {
        s.tryLeft -= dt
        if (s.tryLeft <= 0) {
          s.on = 0
          s.waitLeft = 150 + 150 * random.next()
        } else if (measured < settings.setpoint - p.band / 2) {
          s.on = 0
          if (s.ranSeconds > 8 * 3600) {
            s.ranSeconds = 0
            s.defrostLeft = 900
          }
        }
      }
      const frosted = 1 / (1 + 0.9 * Math.max(0, s.frost - 0.3))
      const air = frosted * (1 - 0.75 * fanLoss)
      let cooling = 0
      if (s.on) {
        onSeconds += dt
        s.ranSeconds += dt
        const watts =
          p.watts *
          (1 + 0.012 * (ambient - 22)) *
          (1 - 0.16 * leak) *
          (1 + 0.25 * foul) *
          (1 + 0.22 * wear) *
          (1 - 0.12 * clog)
        const cop = p.cop * (1 - 0.012 * (ambient - 22)) * health
        const reach =
          (0.35 + 0.65 * air) * Math.min(1, 1.15 - 0.02 * Math.max(0, settings.setpoint - 8 - s.evaporator - 14))
        cooling = watts * Math.max(0.05, cop) * reach
        energy += watts * (s.tryLeft < 1e8 ? 2.2 : 1) * dt
        const cold = s.air - cooling / (p.evaporatorUa * Math.max(0.2, air)) - 9 * clog - 5 * leak - 3 * fanLoss
        s.evaporator += ((cold - s.evaporator) * dt) / 300
        const hot = ambient + (cooling + watts) / (p.condenserUa * (1 - 0.55 * foul)) - 3 * clog - 2 * leak
        s.condenser += ((hot - s.condenser) * dt) / 360
      } else {
        s.evaporator += ((s.air - 2 - s.evaporator) * dt) / 1500
        s.condenser += ((ambient - s.condenser) * dt) / 900
      }
      energy += p.standby * dt
      const doorHeat = (doorSeconds / seconds) * 24 * (ambient - s.air)
      const toAir =
        ua * (ambient - s.air) +
        doorHeat +
        p.coupling * (s.food - s.air) -
        cooling * (1 - share) +
        (s.defrostLeft > 0 ? 12 : 0)
      s.air += (toAir * dt) / (p.air * 1000)
      s.food += (p.coupling * (s.air - s.food) * dt) / (p.food * 1000)
      s.freezer += ((freezerUa * (ambient - s.freezer) - cooling * share + (s.defrostLeft > 0 ? 25 : 0)) * dt) / 42_000
      if (s.freezer < p.freezerSet - 3) s.freezer = p.freezerSet - 3
    }
    values.cabinetTemp = quantize(s.air + drift + 0.06 * noise(random), 0.1)
    values.freezerTemp = quantize(s.freezer + 0.1 * noise(random), 0.1)
    values.evaporatorTemp = quantize(s.evaporator + 0.15 * noise(random), 0.1)
    values.condenserTemp = quantize(s.condenser + 0.2 * noise(random), 0.1)
    values.ambientTemp = quantize(ambient + 0.15 * noise(random), 0.1)
    values.setpointTemp = settings.setpoint
    values.power = quantize(Math.max(0, energy / seconds + 0.4 * noise(random)), 0.1)
    values.compressorOn = Math.round((100 * onSeconds) / seconds) / 100
    values.compressorStarts = starts
    values.doorOpen = Math.round(doorSeconds)
    values.defrost = Math.round((100 * defrostSeconds) / seconds) / 100
    const turning = onSeconds / seconds
    values.fanSpeed = quantize(turning * p.fan * (1 - 0.85 * fanLoss) * (1 + 0.01 * noise(random)), 10)
    values.vibration = Math.max(
      0,
      quantize(0.03 + turning * p.vibration * (1 + 2.6 * wear + 0.8 * fanLoss) * (1 + 0.06 * noise(random)), 0.01),
    )
  }
  return {
    values,
    states: { mode: 'normal' },
    cadence: () => 60,
    step,
    state: () => ({ ...s, random: random.state() as unknown as number[] }),
    restore(state) {
      const { random: r, ...rest } = state
      Object.assign(s, rest)
      random.restore(r as unknown as [number, number, number, number])
    },
  }
}
