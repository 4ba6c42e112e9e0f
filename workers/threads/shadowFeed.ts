import type { MessagePort } from 'node:worker_threads'
import type { AnalysisInput, Offset } from '../../core/index.ts'
import type { FromShadow, ToShadow } from '../protocol.ts'

/** What may wait for the shadow, by what it weighs as journal and besides; above it the shadow ends, and nothing else waits. */
const WAITING_BYTES = 64 << 20
const INPUT_BYTES = 8 << 10

/**
 * The live analysis' end of a shadow: from a snapshot on, everything that it hears goes there as well. It never waits for
 * the shadow: one that falls behind is given up.
 */
export class ShadowFeed {
  #port: MessagePort
  #ended: (because: string) => void
  #follows = false
  #isOver = false
  #waiting = 0

  constructor(port: MessagePort, ended: (because: string) => void) {
    this.#port = port
    this.#ended = ended
    port.on('message', (message: FromShadow) => {
      if (message.type === 'done') this.#waiting -= message.weight
    })
  }

  get waitingBytes(): number {
    return this.#isOver ? 0 : this.#waiting
  }
  /** A snapshot begins here: what is heard from now on follows on it. */
  snapshotBegan(): void {
    if (!this.#isOver) this.#follows = true
  }
  /** The file that holds it stands. */
  snapshotStands(path: string, upTo: Offset): void {
    if (this.#follows && !this.#isOver) this.#say({ type: 'open', path, upTo })
  }
  /** @param bytes of the journal that it was */
  hear(input: AnalysisInput, bytes: number): void {
    if (!this.#follows || this.#isOver) return
    const weight = bytes + INPUT_BYTES
    if (this.#waiting > 0 && this.#waiting + weight > WAITING_BYTES) {
      this.end('lagged')
      return
    }
    this.#waiting += weight
    this.#say({ type: 'input', input, weight })
  }
  end(because: string): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#port.close()
    this.#ended(because)
  }

  #say(message: ToShadow): void {
    this.#port.postMessage(message)
  }
}
