// What a washer of the third family does in a program, step by step, and how often people start one.
import { pick, type Random, uniform } from '../../core/index.ts'
import { pickByShare } from './pickByShare.ts'

export type Phase = 'idle' | 'fill' | 'heat' | 'wash' | 'drain' | 'rinse' | 'spin' | 'end' | 'error'

export interface ProgramStep {
  phase: Phase
  /** Water is let in up to this, mm; none: no. */
  toMm?: number
  /** The heater is on until the water has it, Cel. */
  toC?: number
  /** At least so long, s. */
  seconds: number
  /** Of the drum, 1/min: tumbling, or the plateau of a spin. */
  speed: number
}

interface Recipe {
  name: string
  share: number
  washC: number
  washMinutes: number
  rinses: number
  /** Share of the machine's top speed. */
  spin: number
  levelMm: number
  loadShare: number
}

/** Courses as in instructions for use of such machines; EN 60456 names the test programs. */
const recipes: readonly Recipe[] = [
  { name: 'cotton 60', share: 0.2, washC: 58, washMinutes: 32, rinses: 3, spin: 1, levelMm: 95, loadShare: 0.8 },
  { name: 'mixed 40', share: 0.36, washC: 39, washMinutes: 22, rinses: 2, spin: 0.9, levelMm: 105, loadShare: 0.6 },
  { name: 'eco', share: 0.16, washC: 34, washMinutes: 60, rinses: 2, spin: 1, levelMm: 85, loadShare: 0.85 },
  { name: 'quick 30', share: 0.2, washC: 29, washMinutes: 9, rinses: 1, spin: 0.8, levelMm: 100, loadShare: 0.35 },
  { name: 'wool', share: 0.08, washC: 28, washMinutes: 12, rinses: 2, spin: 0.62, levelMm: 130, loadShare: 0.25 },
]

export interface Program {
  name: string
  steps: ProgramStep[]
  loadKg: number
  /** What lies uneven in the drum, kg; one for each spin, since it is spread anew. */
  unevenKg: number[]
}

/**
 * @param topSpeed of the machine, 1/min
 * @param heats whether it has a heater
 * @param tumble speed in the wash, 1/min
 */
export function drawProgram(
  random: Random,
  topSpeed: number,
  heats: boolean,
  tumble: number,
  capacityKg: number,
): Program {
  const recipe = pickByShare(random, recipes)
  const { washC, washMinutes, rinses, levelMm } = recipe
  const wash = washMinutes * 60 * uniform(random, 0.85, 1.15)
  const steps: ProgramStep[] = [
    { phase: 'fill', toMm: levelMm, seconds: 5, speed: 0 },
    ...(heats ? [{ phase: 'heat' as const, toC: washC, seconds: 30, speed: tumble }] : []),
    { phase: 'wash', seconds: wash, speed: tumble },
    { phase: 'drain', seconds: 15, speed: 0 },
  ]
  for (let rinse = 0; rinse < rinses; rinse++) {
    const between = 0.5 * recipe.spin * topSpeed
    steps.push(
      { phase: 'spin', seconds: 70, speed: between },
      { phase: 'fill', toMm: levelMm * 1.1, seconds: 5, speed: 0 },
    )
    steps.push(
      { phase: 'rinse', seconds: uniform(random, 150, 260), speed: tumble },
      { phase: 'drain', seconds: 15, speed: 0 },
    )
  }
  steps.push(
    { phase: 'spin', seconds: uniform(random, 280, 480), speed: recipe.spin * topSpeed },
    { phase: 'end', seconds: 60, speed: 0 },
  )
  const loadKg = capacityKg * recipe.loadShare * uniform(random, 0.4, 1.1)
  const unevenKg = Array.from({ length: rinses + 1 }, () => {
    // Spread three times at most, until it lies even enough to spin.
    const tries = Array.from(
      { length: 3 },
      () => 0.075 * loadKg ** 0.5 * uniform(random, 0.15, 1) * pick(random, [1, 1, 1.6]),
    )
    return tries.find((kg) => kg < 0.2) ?? Math.min(0.25, ...tries)
  })
  return { name: recipe.name, steps, loadKg, unevenKg }
}
