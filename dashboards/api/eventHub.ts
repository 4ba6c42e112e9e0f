import type { ServerResponse } from 'node:http'
import { withoutOwners } from './withoutOwners.ts'

/** What a page may listen to. */
export type StreamEvent = 'fleet' | 'reading' | 'alert' | 'ticket' | 'health' | 'simulator'

/** Who listens. `own`: the jobs of this engineer, and nothing else. */
export interface Reader {
  id: string
  session?: string | undefined
  own?: string | undefined
  /** May it see how owners are reached? */
  seesOwners: boolean
}

interface Listener {
  response: ServerResponse
  appliance?: string
  account: Reader
  /** May it still listen? A session may expire, or be ended by another process. */
  mayListen: () => Promise<boolean>
}

/** A page that does not read loses its connection at this many bytes; it reconnects and loads afresh. */
const LARGEST_BACKLOG = 1 << 20
const HEARTBEAT_MS = 15_000

/** Server-sent events to every open page. A slow reader is cut off, so memory stays bounded. */
export class EventHub {
  #listeners = new Set<Listener>()
  #largest: number
  #timer = setInterval(() => this.#beat(), HEARTBEAT_MS).unref()
  constructor(largest = 1_000) {
    this.#largest = largest
  }
  get listeners(): number {
    return this.#listeners.size
  }
  /** The appliances whose every reading somebody watches. */
  watched(): Set<string> {
    const ids = new Set<string>()
    for (const { appliance } of this.#listeners) if (appliance) ids.add(appliance)
    return ids
  }
  get hasRoom(): boolean {
    return this.#listeners.size < this.#largest
  }
  add(
    response: ServerResponse,
    account: Listener['account'],
    mayListen: Listener['mayListen'],
    appliance?: string,
  ): void {
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      connection: 'keep-alive',
      'x-accel-buffering': 'no',
    })
    response.write('retry: 2000\n\n')
    const listener = { response, account, mayListen, ...(appliance ? { appliance } : {}) }
    this.#listeners.add(listener)
    response.on('close', () => this.#listeners.delete(listener))
  }
  /** `appliance` narrows a reading to the pages that watch it, when there are any. */
  publish(event: StreamEvent, data: unknown, appliance?: string): void {
    if (this.#listeners.size === 0) return
    // Who holds the owner's link may act for the owner: it is sent to nobody.
    const textFor = (contact: boolean): string =>
      `event: ${event}\ndata: ${JSON.stringify(event === 'ticket' ? withoutOwners(data, { contact, link: false }) : data)}\n\n`
    const texts = new Map<boolean, string>()
    const engineer = event === 'ticket' ? (data as { engineer?: string }).engineer : undefined
    for (const listener of this.#listeners) {
      const { own, seesOwners } = listener.account
      if (event === 'reading' && listener.appliance && listener.appliance !== appliance) continue
      if (own !== undefined && own !== engineer) continue
      const text = texts.get(seesOwners) ?? textFor(seesOwners)
      texts.set(seesOwners, text)
      this.#write(listener, text)
    }
  }
  /** Ends the streams of sessions that are over: of an account, or of one session of it. */
  end({ account, but, session }: { account: string; but?: string; session?: string }): void {
    for (const { response, account: of } of this.#listeners) {
      if (of.id !== account || (session !== undefined && of.session !== session)) continue
      if (but === undefined || of.session !== but) response.end()
    }
  }
  #beat(): void {
    for (const listener of this.#listeners) {
      this.#write(listener, ': still here\n\n')
      listener.mayListen().then(
        (may) => may || listener.response.end(),
        // Whether it may cannot be told now: the next beat asks again.
        () => undefined,
      )
    }
  }
  #write(listener: Listener, text: string): void {
    if (listener.response.writableLength > LARGEST_BACKLOG) {
      this.#listeners.delete(listener)
      listener.response.destroy()
    } else listener.response.write(text)
  }
  close(): void {
    clearInterval(this.#timer)
    for (const { response } of this.#listeners) response.end()
    this.#listeners.clear()
  }
}
