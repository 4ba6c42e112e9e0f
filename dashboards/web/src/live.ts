import { useEffect, useRef, useSyncExternalStore } from 'react'
import type { StreamMessage } from '../../api/streamMessage.ts'
import { queries } from './api.ts'

type StreamEvent = StreamMessage['type']
type Of<E extends StreamEvent> = Extract<StreamMessage, { type: E }>
type Handler = (message: StreamMessage) => void
const isOf = <E extends StreamEvent>(event: E, message: StreamMessage): message is Of<E> => message.type === event

/** One stream for the whole application; it comes back by itself. */
class Stream {
  #source: EventSource | undefined
  #handlers = new Map<StreamEvent, Set<Handler>>()
  #appliance: string | undefined
  connected = false

  on<E extends StreamEvent>(event: E, handle: (message: Of<E>) => void): () => void {
    const handlers = this.#handlers.get(event) ?? new Set()
    this.#handlers.set(event, handlers)
    const handler: Handler = (message) => isOf(event, message) && handle(message)
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
    const said: StreamMessage = JSON.parse(message.data)
    for (const handler of this.#handlers.get(said.type) ?? []) handler(said)
  }
}

export const stream = new Stream()

/** Calls `handler` with each event of that name while the component is on the page. */
export function useEvents<E extends StreamEvent>(event: E, handler: (message: Of<E>) => void): void {
  const latest = useRef(handler)
  latest.current = handler
  useEffect(() => stream.on(event, (message) => latest.current(message)), [event])
}

/** Loads these paths afresh when such an event comes; at most once a second, so that a storm stays a breeze. */
export function useFresh(events: StreamEvent[], prefixes: string[]): void {
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
    const offs = events.map((event) => stream.on(event, refresh))
    return () => {
      for (const off of offs) off()
      clearTimeout(due.current)
      due.current = undefined
    }
  }, [events.join(), prefixes.join()])
}

/** What time it is in the world that the pages show. */
export interface Clock {
  now: number
  /** The world's time is not the machine's. */
  simulated: boolean
  /** Simulated seconds a second; 1 in the real world. */
  speed: number
}

/** Real time and the world's differ by more than this: it is a world of its own. */
const SIMULATED_FROM_MS = 120_000

/** One clock for all that is shown, moved by the stream's pulse. */
class WorldClock {
  current: Clock = { now: Date.now(), simulated: false, speed: 1 }
  #listeners = new Set<() => void>()
  #opened = false

  readonly subscribe = (listener: () => void): (() => void) => {
    if (!this.#opened) {
      this.#opened = true
      stream.on('fleet', ({ now }) => this.set({ now }))
    }
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  set(change: Partial<Omit<Clock, 'simulated'>>): void {
    const next = { ...this.current, ...change }
    next.simulated = Math.abs(next.now - Date.now()) > SIMULATED_FROM_MS
    this.current = next
    for (const listener of this.#listeners) listener()
  }
}
export const worldClock = new WorldClock()

/** Something told from the clock; the component draws again only when that changes. */
export const useClock = <T extends string | number | boolean>(tell: (clock: Clock) => T): T =>
  useSyncExternalStore(worldClock.subscribe, () => tell(worldClock.current))
