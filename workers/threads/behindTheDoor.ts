import { readlinkSync } from 'node:fs'
import { constants, getPriority, setPriority } from 'node:os'

/** Four steps: where the processor is scarce the door gets about two and a half times what a thread behind it gets. */
const STEPS = 4

/**
 * Lets this thread give way to those who answer (door, decisions, disk): what is acknowledged can be scored and stored a
 * moment later, and an appliance that waits cannot. Threads that it starts (ONNX's) follow it. On Linux alone,
 * where each thread has a priority of its own; elsewhere nothing changes.
 */
export function behindTheDoor(): void {
  if (process.platform !== 'linux') return
  const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1))
  setPriority(thread, Math.min(getPriority(thread) + STEPS, constants.priority.PRIORITY_LOW))
}
