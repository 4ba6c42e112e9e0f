import type { Millis } from '../../core/index.ts'

/** What the event stream says. Of what changed its id alone: whoever shows it asks for it, and is answered what they may see. */
export type StreamMessage =
  | { type: 'ticket'; id: string }
  | { type: 'alert'; id: string }
  /** Health or status of this appliance. */
  | { type: 'health'; id: string }
  /** As it came: a few of all, or all of the one that is watched. */
  | { type: 'reading'; id: string; appliance: string; ts: Millis; metrics: Readonly<Record<string, number>> }
  /** The pulse. */
  | { type: 'fleet'; now: Millis; readingsPerSecond: number }
