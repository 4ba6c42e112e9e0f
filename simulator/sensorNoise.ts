import type { SeededRandom } from '../core/index.ts'

/** Fast, nearly normal noise: the sum of three uniforms (variance 1). */
export const noise = (random: SeededRandom): number => (random.next() + random.next() + random.next() - 1.5) * 2

/** As a sensor reports it. */
export const quantize = (value: number, step: number): number => Math.round(value / step) * step
