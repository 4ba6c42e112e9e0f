import { z } from 'zod'

/** The longest burst that an event message carries, and the shortest that says anything. */
export const BURST_POINTS = 4_096
export const LEAST_BURST_POINTS = 64

export const burstUnits = ['mm/s', 'm/s2', 'g', 'A'] as const

/** The event type under which raw samples come. */
export const BURST = 'burst'

/**
 * Raw samples of one sensor, evenly spaced: an event of type `burst`, whose `code` names the sensor where a kind has more
 * than one. `points` says how many samples follow, so that a message that lost some is noticed.
 */
export const burstSchema = z
  .object({
    /** Samples a second. */
    sampleRate: z.number().min(16).max(200_000),
    unit: z.enum(burstUnits),
    points: z.int().min(LEAST_BURST_POINTS).max(BURST_POINTS),
    samples: z.array(z.number()).max(BURST_POINTS),
    /** Of the shaft meanwhile, turns a minute. */
    speed: z.number().min(0).max(100_000).optional(),
  })
  .refine(({ points, samples }) => points === samples.length, {
    path: ['samples'],
    error: ({ input }) => {
      const { points, samples } = input as { points: number; samples: number[] }
      return `has ${samples.length} values where 'points' says ${points}`
    },
  })
export type Burst = z.infer<typeof burstSchema>
