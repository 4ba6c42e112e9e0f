import type { KitLine, Location } from '../../../../../core/index.ts'
import type { Slot, Ticket, Text as Words } from '../../api.ts'

/** One job of an engineer's day, with the step that comes next. */
export interface Job {
  id: string
  number: string
  appliance: string
  kind: string
  failureMode?: string
  state: Ticket['state']
  slot?: Slot
  timeZone: string
  minutes: number
  kit: KitLine[]
  diagnosis: Words
  next?: 'contact' | 'start' | 'leave' | 'close'
  location?: Location
  km?: number
}
