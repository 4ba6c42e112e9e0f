import { z } from 'zod'
import type { Kind } from '../catalog/index.ts'
import {
  type ApplianceEvent,
  BURST,
  burstSchema,
  MAX_NAME,
  type Offset,
  own,
  Population,
  type TelemetryStore,
} from '../core/index.ts'
import { patiently } from './reading/payloadParts.ts'

export const eventSchema = z.looseObject({
  ts: z.int(),
  type: z.string().min(1).max(MAX_NAME),
  code: z.string().max(MAX_NAME).nullish(),
})
/**
 * What is wrong with an event's own fields, by its type and its kind; undefined: nothing. A burst must be whole, and of a
 * sensor and in the unit that its kind declares; a kind that declares none keeps what it gets.
 */
export function faultOfEvent(
  { type, code }: z.infer<typeof eventSchema>,
  body: unknown,
  kind: Kind,
): string | undefined {
  if (type !== BURST) return undefined
  const parsed = burstSchema.safeParse(body)
  if (!parsed.success) return sayIssues(parsed.error)
  const channels = kind.detection?.bursts ?? {}
  const names = Object.keys(channels)
  if (names.length === 0) return undefined
  const name = code ?? names[0] ?? ''
  if (!code && names.length > 1) return `code: which sensor it is of, one of ${names.join(', ')}`
  const channel = own(channels, name)
  if (!channel) return `code: ${kind.kind} has no sensor '${name}' that sends bursts; it has ${names.join(', ')}`
  if (parsed.data.unit !== channel.unit) return `unit: must be ${channel.unit} for '${name}'`
  if (channel.speed !== undefined && parsed.data.speed === undefined)
    return `speed: turns a minute of the shaft are needed for '${name}'`
  return undefined
}

export const sayIssues = (error: { issues: { path: PropertyKey[]; message: string }[] }): string =>
  error.issues
    .map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`)
    .slice(0, MOST_ISSUES)
    .join('; ')
/** A burst of bad numbers has as many issues as numbers. */
const MOST_ISSUES = 5

export const statusSchema = z.looseObject({ online: z.boolean(), until: z.number().nullish() })

/** The newest events of an appliance that are known by heart, at most. */
const EVENTS_KNOWN = 64
const EVICTED_AT_ONCE = 16

export interface EventWindow {
  /** Every event above this ts is known here. */
  floor: number
  known: [ts: number, what: string][]
}

/** Which events are known already, by (appliance, ts, type, code). Exact: older ones are looked up in the store. */
export class KnownEvents {
  readonly windows = new Population<EventWindow>('events')
  #stored: TelemetryStore['events'] | undefined
  /** Accepted in the group that is being taken, so that the store does not have them yet. */
  #fresh = new Set<string>()
  constructor(stored: TelemetryStore['events'] | undefined) {
    this.#stored = stored
  }

  /** Something was lost on the way here: from now on the store is asked about everything that is not known here. */
  distrust(): void {
    for (const appliance of this.windows.all.keys()) this.windows.get(appliance)!.floor = Infinity
  }

  begin(): void {
    this.#fresh.clear()
  }

  /** @returns is it new? Then it is known from now on. */
  async add(event: ApplianceEvent, before: Offset, complete: boolean): Promise<boolean> {
    const { appliance, ts } = event
    const what = `${event.type}\n${event.code ?? ''}`
    const key = `${appliance}\n${ts}\n${what}`
    if (this.#fresh.has(key)) return false
    let window = this.windows.get(appliance)
    if (!window) {
      window = { floor: complete ? -Infinity : Infinity, known: [] }
      this.windows.set(appliance, window)
    }
    if (window.known.some(([knownTs, known]) => knownTs === ts && known === what)) return false
    if (ts <= window.floor && this.#stored) {
      const stored = this.#stored
      const rows = await patiently(() => stored(appliance, ts, ts + 1))
      if (rows.some((row) => row.offset < before && row.type === event.type && row.code === event.code)) return false
    }
    this.#fresh.add(key)
    if (ts > window.floor || window.floor === Infinity) this.#remember(window, ts, what)
    return true
  }

  #remember(window: EventWindow, ts: number, what: string): void {
    window.known.push([ts, what])
    if (window.known.length <= EVENTS_KNOWN) return
    window.known.sort(([a], [b]) => a - b)
    const gone = window.known.splice(0, EVICTED_AT_ONCE)
    const last = gone[gone.length - 1]![0]
    window.floor = Math.max(window.floor, last)
    // What shares the floor's ts is asked of the store, so all of it may be forgotten.
    window.known = window.known.filter(([knownTs]) => knownTs > window.floor || window.floor === Infinity)
  }
}
