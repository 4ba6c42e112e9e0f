import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Version } from './rawClient.ts'

export interface BehavedOutcome {
  sent: number
  p99Ms: number
  failed: number
}
export interface BehavedOrders {
  port: number
  id: string
  password: string
  version?: Version
}

/**
 * A well-behaved client in a process of its own: what it waits for is the program, and never the turn of whoever plays
 * a fleet or an attack.
 */
export class Behaved {
  /** Acknowledged in all stretches. */
  sent = 0
  #child: ReturnType<typeof fork>
  private constructor(child: ReturnType<typeof fork>) {
    this.#child = child
  }
  static async connect(orders: BehavedOrders): Promise<Behaved> {
    const child = fork(fileURLToPath(new URL('./behavedProcess.ts', import.meta.url)), [JSON.stringify(orders)])
    await once(child, 'message')
    return new Behaved(child)
  }
  /** A stretch that is measured begins. */
  begin(): void {
    this.#child.send('begin')
  }
  /** It ends. */
  async end(): Promise<BehavedOutcome> {
    this.#child.send('end')
    const [outcome] = (await once(this.#child, 'message')) as [BehavedOutcome]
    this.sent += outcome.sent
    return outcome
  }
  close(): void {
    this.#child.disconnect()
  }
}
