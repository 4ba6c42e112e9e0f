import { z } from 'zod'
import { installedSchema, LEAST_SECONDS, MAX_NAME } from './bounds.ts'
import { idSchema } from './ids.ts'
import { recordOf } from './names.ts'
import type { Millis } from './running/time.ts'
import { isTimeZone } from './running/zonedTime.ts'
import { languages } from './texts/languages.ts'

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
  firmware: z.string().max(MAX_NAME).optional(),
  installedAt: installedSchema.optional(),
  cadenceSeconds: z.number().min(LEAST_SECONDS).max(86_400).optional(),
  /** Metric → the unit that it is sent in, by UCUM code; converted to the catalog's as it comes in. */
  units: recordOf(z.string().max(MAX_NAME), z.string().max(MAX_NAME)).optional(),
  /** Metrics that are sent as totals: what counts is the difference to the reading before. */
  counters: z.array(z.string().max(MAX_NAME)).max(64).optional(),
  /** Where it stands, by IANA name. */
  timeZone: z
    .string()
    .max(MAX_NAME)
    .refine(isTimeZone, 'must be a time zone by its IANA name, like Europe/Berlin')
    .optional(),
  /** `on-change`: it speaks when something changes, so that it says nothing is not news. Absent: at intervals. */
  reports: z.enum(['interval', 'on-change']).optional(),
  /** It speaks at least so often, whatever happens. */
  heartbeatSeconds: z
    .number()
    .min(LEAST_SECONDS)
    .max(31 * 86_400)
    .optional(),
  /** The tests of its kind that it can run when it is told to; absent: none. */
  tests: z.array(z.string().max(64)).max(32).optional(),
  /** Of a home that nobody names no two appliances are. */
  homeId: z.string().trim().min(1, 'must name a home; leave it out where none is known').max(128).optional(),
  location: location.optional(),
  owner: z
    .object({
      name: z.string().max(200),
      /** A mail address or a telephone number. */
      contact: z.string().max(200),
      /** A number besides, where the contact is an address. */
      phone: z.string().max(40).optional(),
      /** The open id of a follower of the WeChat account. */
      wechat: z
        .string()
        .regex(/^[A-Za-z0-9_-]{10,64}$/, 'must be the open id of a follower')
        .optional(),
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

/** The kind of an alert that is about a gateway; no kind of appliances has this name. */
export const GATEWAY = 'gateway'

/** A box that speaks for the appliances it was registered with. */
export interface Gateway {
  id: string
  appliances: string[]
}
