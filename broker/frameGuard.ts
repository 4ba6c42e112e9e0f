import type { Duplex } from 'node:stream'

/** Why a connection was ended before its bytes reached the parser. */
export type FrameFault = 'oversize' | 'malformed'

const CONNECT = 1

/**
 * Watches the lengths of MQTT frames as they stream by, so that nothing too large is ever gathered: MQTT's own parser
 * has no limit. The first frame must be a small CONNECT. O(1) a frame, and keeps no bytes.
 */
export class FrameGuard {
  #firstBytes: number
  #laterBytes: number
  /** Bytes of the current frame still to come; −1 between frames. */
  #left = -1
  #inLength = false
  #length = 0
  #scale = 1
  #frames = 0
  /** @param firstBytes the most that the CONNECT may have @param laterBytes the most that any later frame may have */
  constructor(firstBytes: number, laterBytes: number) {
    this.#firstBytes = firstBytes
    this.#laterBytes = laterBytes
  }

  /** @returns what is wrong with the stream; undefined when these bytes may pass */
  see(bytes: Uint8Array): FrameFault | undefined {
    let at = 0
    while (at < bytes.length) {
      if (this.#left > 0) {
        const step = Math.min(this.#left, bytes.length - at)
        this.#left -= step
        at += step
        if (this.#left === 0) this.#left = -1
        continue
      }
      const byte = bytes[at++]!
      if (!this.#inLength) {
        if (this.#frames === 0 && byte >> 4 !== CONNECT) return 'malformed'
        this.#inLength = true
        this.#length = 0
        this.#scale = 1
        continue
      }
      this.#length += (byte & 127) * this.#scale
      this.#scale *= 128
      if (this.#length > (this.#frames === 0 ? this.#firstBytes : this.#laterBytes)) return 'oversize'
      if (byte & 128) {
        if (this.#scale > 128 ** 3) return 'malformed'
        continue
      }
      this.#inLength = false
      this.#frames++
      if (this.#length > 0) this.#left = this.#length
    }
    return undefined
  }
}

/** Aedes takes bytes by read() alone: what the guard refuses never reaches its parser, and ends the connection. */
export function guardReads(stream: Duplex, guard: FrameGuard, refused: (fault: FrameFault) => void): void {
  const read = stream.read.bind(stream)
  stream.read = (size?: number) => {
    const bytes = read(size)
    const fault = bytes === null ? undefined : guard.see(bytes)
    if (!fault) return bytes
    refused(fault)
    stream.destroy()
    return null
  }
}
