import { useEffect, useRef, useState } from 'react'
import { queries } from './api.ts'

type Handler = (data: never) => void

/** One stream for the whole application; it comes back by itself. */
class Stream {
  #source: EventSource | undefined
  #handlers = new Map<string, Set<Handler>>()
  #appliance: string | undefined
  connected = false

  on(event: string, handler: Handler): () => void {
    const handlers = this.#handlers.get(event) ?? new Set()
    this.#handlers.set(event, handlers)
    handlers.add(handler)
    this.#open()
    this.#source?.addEventListener(event, this.#dispatch)
    return () => handlers.delete(handler)
  }
  /** Every reading of one appliance, instead of a few of all. */
  watch(appliance: string | undefined): void {
    if (this.#appliance === appliance) return
    this.#appliance = appliance
    this.#source?.close()
    this.#source = undefined
    if (this.#handlers.size > 0) this.#open()
  }
  #open(): void {
    if (this.#source) return
    const source = new EventSource(`/api/stream${this.#appliance ? `?appliance=${this.#appliance}` : ''}`)
    this.#source = source
    source.onopen = () => {
      this.connected = true
    }
    source.onerror = () => {
      this.connected = false
    }
    for (const event of this.#handlers.keys()) source.addEventListener(event, this.#dispatch)
  }
  #dispatch = (message: MessageEvent): void => {
    const data = JSON.parse(message.data) as never
    for (const handler of this.#handlers.get(message.type) ?? []) handler(data)
  }
}

export const stream = new Stream()

/** Calls `handler` with each event of that name while the component is on the page. */
export function useEvents<T>(event: string, handler: (data: T) => void): void {
  const latest = useRef(handler)
  latest.current = handler
  useEffect(() => stream.on(event, ((data: T) => latest.current(data)) as Handler), [event])
}

/** Loads these paths afresh when such an event comes; at most once a second, so that a storm stays a breeze. */
export function useFresh(events: string[], prefixes: string[]): void {
  const due = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => {
    const refresh = () => {
      due.current ??= setTimeout(() => {
        due.current = undefined
        void queries.invalidateQueries({
          predicate: ({ queryKey: [key] }) => prefixes.some((prefix) => String(key).startsWith(prefix)),
        })
      }, 1_000)
    }
    const offs = events.map((event) => stream.on(event, refresh as Handler))
    return () => {
      for (const off of offs) off()
      clearTimeout(due.current)
      due.current = undefined
    }
  }, [events.join(), prefixes.join()])
}

/** The product's clock, moved by the stream between two pulses. */
export function useNow(): { now: number; simulated: boolean } {
  const [now, setNow] = useState(() => Date.now())
  const [simulated, setSimulated] = useState(false)
  useEvents<{ now: number }>('fleet', (pulse) => {
    setNow(pulse.now)
    setSimulated(Math.abs(pulse.now - Date.now()) > 120_000)
  })
  return { now, simulated }
}
