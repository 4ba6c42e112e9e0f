// The program as a service manager runs it: fixed ports, and started again whenever it ends.
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { type Program, spawnProgram, startProgram } from '../../test/program.ts'

/** A service manager waits between two starts of what ends by itself. */
const START_AGAIN_MS = 500

export class Supervised {
  readonly dataDir: string
  readonly env: Record<string, string>
  readonly mqttPort: number
  readonly #args: readonly string[]
  program!: Program
  /** When it was killed last, by `performance.now()`. */
  killedAt = 0
  /** How often it ended by itself and was started again. */
  endedByItself = 0
  #ours = false
  #again: Promise<void> | undefined

  private constructor(dataDir: string, env: Record<string, string>, mqttPort: number, args: readonly string[]) {
    this.#args = args
    this.dataDir = dataDir
    this.env = env
    this.mqttPort = mqttPort
  }

  /** @param args after the program's name */
  static async start(
    dataDir: string,
    env: Record<string, string> = {},
    args: readonly string[] = [],
  ): Promise<Supervised> {
    const [port, mqttPort] = [await steadyPort(), await steadyPort()]
    const all = { CLOCK: 'telemetry', ...env, PORT: String(port), MQTT_PORT: String(mqttPort) }
    const one = new Supervised(dataDir, all, mqttPort, args)
    await one.start()
    return one
  }

  async start(): Promise<void> {
    const program = await startProgram(this.dataDir, this.env, this.#args)
    this.program = program
    this.#ours = false
    void program.ended.then(() => {
      if (this.#ours || this.program !== program) return
      this.endedByItself++
      this.#again = this.#startAgain()
    })
  }
  async #startAgain(): Promise<void> {
    for (;;) {
      await wait(START_AGAIN_MS)
      if (this.#ours) return
      try {
        return await this.start()
      } catch (error) {
        // A start may fail as long as the fault lasts; a real manager would log it and try again, too.
        console.error(`start failed: ${(error as Error).message.split('\n').slice(0, 3).join(' ')}`)
      }
    }
  }

  /** kill -9, now. */
  async kill(): Promise<void> {
    this.#ours = true
    this.killedAt = performance.now()
    await this.program.kill()
  }

  /** Starts it and kills it after so many milliseconds, ready or not. */
  async startAndKill(afterMs: number): Promise<void> {
    const { child } = spawnProgram(this.dataDir, this.env, this.#args)
    const timer = setTimeout(() => child.kill('SIGKILL'), afterMs)
    await once(child, 'exit')
    clearTimeout(timer)
  }

  /** An orderly end. @returns its exit code */
  async stop(): Promise<number | null> {
    this.#ours = true
    await this.#again
    return await this.program.stop()
  }
}

/**
 * A free port below those that the system gives to outgoing connections: while the program is down its clients knock,
 * and one that were given the very port it knocks at would talk to itself.
 */
async function steadyPort(): Promise<number> {
  for (;;) {
    const port = 16_000 + Math.floor(Math.random() * 16_000)
    const probe = createServer().listen(port, '127.0.0.1')
    const free = await Promise.race([once(probe, 'listening').then(() => true), once(probe, 'error').then(() => false)])
    if (!free) continue
    probe.close()
    await once(probe, 'close')
    return port
  }
}
