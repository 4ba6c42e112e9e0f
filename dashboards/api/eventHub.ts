import type { ServerResponse } from 'node:http'
import type { StreamMessage } from './streamMessage.ts'

/** Who listens. `own`: the jobs of this engineer, and nothing else. */
export interface Reader {
  id: string
  session?: string | undefined
  own?: string | undefined
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
  /** A ticket changed; its engineer hears of it, too. */
  ticket({ id, engineer }: { id: string; engineer?: string | undefined }): void {
    this.publish({ type: 'ticket', id }, engineer)
  }
  /** A reading goes to the pages that watch its appliance, and to those that watch none. */
  publish(message: StreamMessage, engineer?: string): void {
    if (this.#listeners.size === 0) return
    const text = `event: ${message.type}\ndata: ${JSON.stringify(message)}\n\n`
    for (const listener of this.#listeners) {
      const { own } = listener.account
      if (message.type === 'reading' && listener.appliance && listener.appliance !== message.appliance) continue
      if (own === undefined || own === engineer) this.#write(listener, text)
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
