import type { FrameIn, Taken } from '../../core/index.ts'
import { GROUP_HEADER_BYTES, writeFrame } from './journalFrames.ts'

const FIRST_BUFFER_BYTES = 64 * 1024

/** Frames that gather while the group before is being synced. */
export class Gathering {
  bytes: Buffer
  length = GROUP_HEADER_BYTES
  /** Of each frame, where it ends in the group and who waits for it. */
  ends: number[] = []
  waiters: Taken[] = []
  constructor(size = 0) {
    this.bytes = Buffer.allocUnsafeSlow(Math.max(FIRST_BUFFER_BYTES, size))
  }
  add(frame: FrameIn, size: number, waiter: Taken): void {
    if (this.length + size > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.length + size))
      this.bytes.copy(larger, 0, 0, this.length)
      this.bytes = larger
    }
    this.length = writeFrame(this.bytes, this.length, frame)
    this.ends.push(this.length)
    this.waiters.push(waiter)
  }
}
