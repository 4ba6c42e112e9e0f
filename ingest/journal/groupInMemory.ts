import type { FrameGroup, FrameIn, Offset } from '../../core/index.ts'
import { frameBytes, GROUP_HEADER_BYTES, writeFrame, writeGroupHeader } from './journalFrames.ts'

/** Frames as one synced group that never was on a disk: for tests and benchmarks of what follows the journal. */
export function groupInMemory(frames: FrameIn[], from: Offset, number = 1): FrameGroup {
  const bodyBytes = frames.reduce((sum, frame) => sum + frameBytes(frame), 0)
  const bytes = Buffer.allocUnsafeSlow(GROUP_HEADER_BYTES + bodyBytes)
  writeGroupHeader(bytes, { number, from, bodyBytes, frames: frames.length }, 0)
  let at = GROUP_HEADER_BYTES
  for (const frame of frames) at = writeFrame(bytes, at, frame)
  return { from, upTo: from + bytes.length, bytes, frames: frames.length }
}
