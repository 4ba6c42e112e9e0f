import { z } from 'zod'
import { idSchema, languages } from './ids.ts'
import type { Millis } from './time.ts'

const location = z.object({ lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180) })
export type Location = z.infer<typeof location>
export const locationSchema = location

/** Great-circle distance in kilometres. Source: haversine (Sinnott 1984), mean earth radius 6,371 km. */
export function distanceKm(a: Location, b: Location): number {
  const rad = Math.PI / 180
  const h =
    Math.sin(((b.lat - a.lat) * rad) / 2) ** 2 +
    Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(((b.lon - a.lon) * rad) / 2) ** 2
  return 2 * 6_371 * Math.asin(Math.sqrt(Math.min(1, h)))
}

/** What `POST /api/appliances` takes. */
export const registrationSchema = z.object({
  id: idSchema,
  kind: z.string().min(1).max(64),
  model: z.string().min(1).max(128),
  batch: z.string().max(128).optional(),
  firmware: z.string().max(64).optional(),
  installedAt: z.number().int().optional(),
  cadenceSeconds: z.number().positive().max(86_400).optional(),
  homeId: z.string().max(128).optional(),
  location: location.optional(),
  owner: z
    .object({
      name: z.string().max(200),
      contact: z.string().max(200),
      language: z.enum(languages).default('en'),
      /** Which customers they belong to, as the policy names them (`vip`). */
      segment: z.string().max(40).optional(),
    })
    .optional(),
})
export type Registration = z.infer<typeof registrationSchema>

/** An appliance as every part of the product knows it. What it is, not how it fares. */
export interface Appliance extends Registration {
  registeredAt: Millis
  retiredAt?: Millis
}

/** Time may be 0 in a world that has heard nothing yet, so only its absence says that it never retired. */
export const isInService = ({ retiredAt }: Pick<Appliance, 'retiredAt'>): boolean => retiredAt === undefined

/** A box that speaks for the appliances it was registered with. */
export interface Gateway {
  id: string
  appliances: string[]
}
