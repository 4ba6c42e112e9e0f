import { isQos1, type Publish, readPublish } from '../fastPath.ts'

/**
 * Splits what a connection reads: whole QoS 1 publishes without properties are offered as they are, before MQTT's parser
 * sees them; everything else, and what is not taken, is the parser's, piece by piece as it comes.
 */
export class FrameSplit {
  readonly #fast: (publish: Publish) => boolean
  readonly #slow: (bytes: Buffer) => void
  /** The beginning of a packet whose end, or whose length, has not come. */
  #begun: Buffer | undefined
  /** Bytes of a packet that the parser has to see yet. */
  #left = 0

  /** @param fast takes a publish, or says that it is for the parser */
  constructor(fast: (publish: Publish) => boolean, slow: (bytes: Buffer) => void) {
    this.#fast = fast
    this.#slow = slow
  }

  take(read: Buffer): void {
    const bytes = this.#begun ? Buffer.concat([this.#begun, read]) : read
    this.#begun = undefined
    let at = 0
    while (at < bytes.length) {
      if (this.#left === 0) {
        const publish = isQos1(bytes[at]!) ? readPublish(bytes, at, 5) : 'odd'
        if (publish !== 'odd' && publish !== 'not whole' && this.#fast(publish)) {
          at = publish.end
          continue
        }
        const length = publish === 'not whole' ? undefined : lengthOf(bytes, at)
        if (length === undefined) {
          this.#begun = Buffer.from(bytes.subarray(at))
          return
        }
        this.#left = length
      }
      const piece = bytes.subarray(at, at + this.#left)
      this.#left -= piece.length
      at += piece.length
      this.#slow(piece)
    }
  }
}

/** Of a whole packet, its head included; undefined while its length has not come. One that has no end has been refused. */
function lengthOf(bytes: Buffer, from: number): number | undefined {
  let length = 0
  for (let at = from + 1, scale = 1; at < bytes.length; at++, scale *= 128) {
    const byte = bytes[at]!
    length += (byte & 127) * scale
    if (byte < 128) return at + 1 - from + length
  }
  return undefined
}
