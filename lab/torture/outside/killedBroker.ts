import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { wallClock } from '../../../core/index.ts'
import { eventually, type Program } from '../../../test/program.ts'
import { type RunningServer, startMosquitto } from '../../../test/servers/servers.ts'

/** What a company's broker is set to that shall keep what it acknowledged: on disk, and nothing dropped for its number. */
const SAVE_SECONDS = 2
const KEEPING = [
  'persistence true',
  'persistence_location ./',
  `autosave_interval ${SAVE_SECONDS}`,
  'max_queued_messages 0',
  'max_inflight_messages 100',
]

/** What a broker acknowledged between its last save and a kill -9 it does not know any more; ms. */
export interface Forgotten {
  from: number
  to: number
}

/** Debian's Mosquitto on a port and in a folder of its own, ended and started again. */
export class KilledBroker {
  readonly forgotten: Forgotten[] = []
  #dir = mkdtempSync(join(tmpdir(), 'mosquitto-'))
  #server!: RunningServer

  static async start(): Promise<KilledBroker> {
    const one = new KilledBroker()
    one.#server = await startMosquitto({ dir: one.#dir, more: KEEPING })
    return one
  }
  get url(): string {
    return this.#server.url
  }
  get port(): number {
    return this.#server.port
  }

  /** It has written down who subscribed. */
  async saved(): Promise<void> {
    const before = this.#savedAt()
    await eventually('a save of the broker', async () => this.#savedAt() > before)
  }

  /** Ends it in order, when it writes all that it has; or kill -9, when it does not. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (signal === 'SIGKILL') {
      process.kill(this.#server.pid, signal)
      await this.#server.stop(true)
      this.forgotten.push({ from: this.#savedAt(), to: wallClock.now() })
    } else await this.#server.stop(true)
  }
  async again(): Promise<void> {
    this.#server = await startMosquitto({ dir: this.#dir, port: this.#server.port, more: KEEPING })
  }
  async remove(): Promise<void> {
    await this.#server.stop(true)
    rmSync(this.#dir, { recursive: true, force: true })
  }

  #savedAt(): number {
    const file = join(this.#dir, 'mosquitto.db')
    return existsSync(file) ? statSync(file).mtimeMs : 0
  }
}

/** The program has what it asked for at that broker. */
export const linked = (program: Program): Promise<unknown> =>
  eventually(
    'the link',
    async () => (await program.call<{ connected: boolean }>('GET', '/api/outside-broker')).connected,
  )
