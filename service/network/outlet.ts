import { z } from 'zod'
import { idSchema, locationSchema } from '../../core/index.ts'

/** From the one that can do everything to the many that are near. */
export const tiers = ['technical', 'community', 'star', 'authorised'] as const

/** A place from which service goes out. Its engineers are those that name it as their outlet, or draw from its stock. */
export const outletSchema = z.object({
  id: idSchema,
  name: z.string().trim().min(1).max(200),
  tier: z.enum(tiers),
  location: locationSchema,
  /** Of the area that it serves, around where it stands. */
  withinKm: z.number().positive().max(2_000),
  /** Kinds of appliances that it serves; none named: every kind. */
  kinds: z.array(z.string().min(1).max(128)).max(100).default([]),
  phone: z.string().max(40).optional(),
})
export type Outlet = z.infer<typeof outletSchema>

/** What its own tickets of the last days say of it, counted up to yesterday. */
export interface OutletScore {
  /** 1 to 5. */
  score: number
  /** Of so many visits. */
  of: number
}
export type OutletNow = Outlet & OutletScore
