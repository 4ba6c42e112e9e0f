// CWRU: which part of a bearing is damaged, told from bursts as an event message carries them; whole damage sizes held out.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BearingGeometry, bearingLines, burstFeatures, prominence } from '../../analytics/index.ts'
import { BURST_POINTS } from '../../core/index.ts'
import { markdownTable, type RealResult } from './realReport.ts'

/** 6205-2RS at the drive end, from its data sheet: balls of 0.3126 inch on 1.537. */
const GEOMETRY: BearingGeometry = { balls: 9, ratio: 0.3126 / 1.537, angle: 0 }
const TYPES = ['ball', 'inner', 'outer'] as const
type Type = (typeof TYPES)[number]
const SIZES = ['007', '021'] as const
/** The upper octave of a damaged bearing is at least so many times the loudest healthy burst. */
const RINGS = 2

export interface Burst {
  type: Type | 'sound'
  /** Of the damage, thousandths of an inch; empty where there is none. */
  size: string
  outer: number
  inner: number
  /** RMS of the upper octave, g: where blows ring. */
  ringing: number
}

/** What divides the types; all that is learned. */
export interface BearingRule {
  ringing: number
  /** Prominence above which a race's line is believed. */
  race: number
}

const middle = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN

/** @param bursts of sound bearings and of every type */
export function learnRule(bursts: Burst[]): BearingRule {
  const line = (isWanted: (type: string) => boolean): number =>
    middle(bursts.filter(({ type }) => isWanted(type)).map(({ outer, inner }) => Math.max(outer, inner)))
  return {
    ringing: RINGS * Math.max(...bursts.filter(({ type }) => type === 'sound').map(({ ringing }) => ringing)),
    race: (line((type) => type === 'ball') + line((type) => type === 'inner' || type === 'outer')) / 2,
  }
}

/**
 * A race is struck evenly, so its line stands out of the envelope; a ball turns as it rolls, so it rings without one.
 * Source: Smith and Randall, Rolling element bearing diagnostics using the CWRU data (2015).
 */
export function typeOf({ outer, inner, ringing }: Burst, rule: BearingRule): Type | 'sound' {
  if (ringing < rule.ringing) return 'sound'
  if (Math.max(outer, inner) < rule.race) return 'ball'
  return outer > inner ? 'outer' : 'inner'
}

/** @param dir folder of `index.json` and its recordings: int16, little-endian */
export function readBursts(dir: string): Burst[] {
  const index = JSON.parse(readFileSync(join(dir, 'index.json'), 'utf8')) as Record<
    string,
    { scale_g_per_lsb: number; fs: number; rpm: number }
  >
  return Object.entries(index).flatMap(([name, { scale_g_per_lsb, fs, rpm }]) => {
    const bytes = readFileSync(join(dir, name))
    const [, letters = '', size = ''] = /_(B|IR|OR)(\d{3})/.exec(name) ?? []
    const type = ({ B: 'ball', IR: 'inner', OR: 'outer' } as const)[letters] ?? 'sound'
    const lines = bearingLines(GEOMETRY, rpm / 60)
    const samples = new Float64Array(bytes.length / 2).map((_, i) => bytes.readInt16LE(2 * i) * scale_g_per_lsb)
    const bursts: Burst[] = []
    for (let from = 0; from + BURST_POINTS <= samples.length; from += BURST_POINTS) {
      const features = burstFeatures(samples.subarray(from, from + BURST_POINTS), fs)
      if (!features) continue
      bursts.push({
        type,
        size,
        outer: prominence(features.envelope, lines.outer),
        inner: prominence(features.envelope, lines.inner),
        ringing: features.octaves.at(-1)!,
      })
    }
    return bursts
  })
}

/** @param dir folder of CWRU recordings */
export function evaluateCwru(dir: string): RealResult {
  const bursts = readBursts(dir)
  const sound = bursts.filter(({ type }) => type === 'sound')
  const known = sound.slice(0, sound.length >> 1)
  const unknown = sound.slice(sound.length >> 1)
  const said = new Map<string, number>()
  let right = 0
  let all = 0
  const rows: string[][] = []
  for (const size of SIZES) {
    const rule = learnRule([...known, ...bursts.filter((one) => one.size !== '' && one.size !== size)])
    for (const truth of [...TYPES, 'sound'] as const) {
      const asked = truth === 'sound' ? unknown : bursts.filter((one) => one.type === truth && one.size === size)
      said.clear()
      for (const burst of asked) said.set(typeOf(burst, rule), (said.get(typeOf(burst, rule)) ?? 0) + 1)
      if (truth !== 'sound') {
        right += said.get(truth) ?? 0
        all += asked.length
      }
      rows.push([size, truth, ...[...TYPES, 'sound'].map((type) => String(said.get(type) ?? 0))])
    }
  }
  return {
    name: 'CWRU',
    figures: [
      {
        figure: 'damaged part, whole sizes of damage held out',
        measured: `${(right / all).toFixed(2)} (${right} of ${all} bursts)`,
        blind: '0.33',
        firstAim: '0.6',
        goal: '0.8',
      },
    ],
    about: [
      `Bursts of ${BURST_POINTS} samples, a third of a second each, through \`analytics/features/vibration.ts\`: the lines of outer and inner race in the envelope's spectrum, and the RMS of the upper octave. One threshold of a line is learned from the other size (half-way between balls and races), one of the ringing from the first half of the sound recording; the second half is asked with the rest. Each type and size is one recording at one load, so bursts of one are alike: what is shown is that the rule carries from one size to the other, on three recordings each. That a ball shows no line is known of these recordings (Smith and Randall 2015).`,
      markdownTable(['size held out', 'damaged part', ...TYPES.map((type) => `said ${type}`), 'said sound'], rows),
    ],
  }
}
