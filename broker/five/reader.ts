import type { Duplex } from 'node:stream'
import type { Packet } from 'mqtt-packet'
import type { Publish } from '../fastPath.ts'
import { FrameGuard } from '../frameGuard.ts'
import { FrameSplit } from './frameSplit.ts'
import type { FiveHost } from './host.ts'
import { type Fault, fault, reason } from './reasons.ts'
import { strictParser, Ungrammatical } from './strictParser.ts'

interface Options {
  stream: Duplex
  host: Pick<FiveHost, 'limits' | 'stats'>
  isClosed: () => boolean
  /** Nothing more is read for now. */
  isHeld: () => boolean
  /** Takes a publish without properties, or says that it is for the parser. */
  fast: (publish: Publish) => boolean
  take: (packet: Packet) => void
  end: (fault: Fault) => void
}

/** What a connection of MQTT 5 sends, packet by packet, within its bounds. */
export class Reader {
  readonly #of: Options
  readonly #parser = strictParser()
  readonly #guard: FrameGuard
  readonly #split: FrameSplit
  /** Not all that came was read. */
  #isWaiting = false

  constructor(options: Options) {
    this.#of = options
    const { host, stream, end } = options
    this.#guard = new FrameGuard(host.limits.bytesBeforeLogin, host.limits.packetBytes)
    this.#split = new FrameSplit(options.fast, (bytes) => this.#parser.parse(bytes))
    this.#parser.on('packet', options.take)
    this.#parser.on('error', (error: Error) => {
      host.stats.malformed++
      if (error instanceof Ungrammatical) return end(error.fault)
      const isRule = /retain handling|subscribe QoS|both QoS bits/.test(error.message)
      end(fault(isRule ? reason.protocolError : reason.malformed, error.message))
    })
    stream.on('readable', () => this.read())
  }

  read(): void {
    const { stream, host, isClosed, isHeld, end } = this.#of
    for (;;) {
      this.#isWaiting = isHeld()
      if (isClosed() || this.#isWaiting) return
      const bytes: Buffer | null = stream.read()
      if (bytes === null) return
      const wrong = this.#guard.see(bytes)
      if (wrong) {
        host.stats[wrong]++
        const isLarge = wrong === 'oversize'
        const why = isLarge ? `A packet has at most ${host.limits.packetBytes} bytes.` : 'This is no MQTT.'
        end(fault(isLarge ? reason.tooLarge : reason.malformed, why))
        return
      }
      try {
        this.#split.take(bytes)
      } catch (error) {
        host.stats.malformed++
        end(fault(reason.malformed, (error as Error).message))
      }
    }
  }
  /** What held it is less now. */
  eased(): void {
    if (this.#isWaiting) this.read()
  }
}
