import { Noise } from './noise.ts'

/** What shakes the tub while it spins, as the physics of the moment has it. */
export interface Shaking {
  rpm: number
  /** RMS at the drum's frequency, and of what has no frequency, mm/s. */
  once: number
  broad: number
  /** Level of the bearing's blows as an envelope sensor would give it, mm/s. */
  envelope: number
}

/** One second at speed, fine enough for a bearing; and one in the run-up, where only the drum's own swing is looked at. */
const FINE_HZ = 4_096
const COARSE_HZ = 512
/** Turns a minute from which on a bearing can be heard. */
const HEARD_FROM = 600
/** The drum's bearing and the tub that its blows ring: blows a turn, the ring's frequency and how fast it dies away. */
const BLOWS_A_TURN = 3.06
const SLIP = 0.006
const RING_HZ = 1_150
const RING_SECONDS = 0.003
/** The first lines of the envelope of such rings are this share of a blow's height. */
const LINE_SHARE = 0.21
/** The drum's second line, of its first. */
const TWICE_SHARE = 0.12

/** The event that carries it, all but when and where. */
export interface BurstBody {
  sampleRate: number
  unit: 'mm/s'
  points: number
  samples: number[]
  speed: number
}

/**
 * One second of raw vibration: the drum's line and its second, broadband noise, and blows of the outer race, with a little
 * slip, that ring the tub (beyond what a run-up's coarse samples show). The same for the same seed and name. About half a millisecond.
 */
export function drawBurst(seed: number, name: string, { rpm, once, broad, envelope }: Shaking): BurstBody {
  const noise = new Noise(seed, `burst/${name}`)
  const rate = rpm > HEARD_FROM ? FINE_HZ : COARSE_HZ
  const samples = new Float64Array(rate)
  const shaft = rpm / 60
  const phase = 2 * Math.PI * noise.next()
  for (let i = 0; i < samples.length; i++) {
    const turn = (2 * Math.PI * shaft * i) / rate + phase
    samples[i] = Math.SQRT2 * once * (Math.sin(turn) + TWICE_SHARE * Math.sin(2 * turn)) + broad * noise.normal()
  }
  const height = envelope / LINE_SHARE
  const apart = 1 / (shaft * BLOWS_A_TURN)
  for (let at = apart * noise.next(); at < 1; at += apart * (1 + SLIP * noise.normal())) {
    const blow = height * (1 + 0.2 * noise.normal())
    const first = Math.ceil(at * rate)
    for (let i = first; i < samples.length; i++) {
      const since = i / rate - at
      if (since > 8 * RING_SECONDS) break
      samples[i]! += blow * Math.exp(-since / RING_SECONDS) * Math.sin(2 * Math.PI * RING_HZ * since)
    }
  }
  return {
    sampleRate: rate,
    unit: 'mm/s',
    points: samples.length,
    samples: Array.from(samples, (x) => Math.round(x * 1_000) / 1_000),
    speed: Math.round(rpm),
  }
}
