import { z } from 'zod'
import { quarantineReasons } from '../../../core/index.ts'
import { at, list, page } from './shared.ts'

const count = z.number()
const waiting = z.object({ frames: count, bytes: count, appliances: count })

export const ingestAnswers = {
  'GET /api/ingest': z.object({
    messages: z.object({ acked: count, processed: count, withoutPromise: count }),
    readings: z.object({
      received: count,
      stored: count,
      duplicates: count,
      quarantined: z.partialRecord(z.enum(quarantineReasons), count),
    }),
    events: z.object({ received: count, stored: count, duplicates: count, quarantined: count }),
    oldestUnscoredMs: count,
    held: count,
    /** Places in the journal, bytes. */
    journalEnd: count,
    storedUpTo: count,
    decidedUpTo: count,
    waitingBytes: count,
    shadowBytes: count,
    waitingAtDoor: waiting,
    heldByQuota: waiting,
    readingsPerSecond: count,
    wrongClocks: list(z.object({ appliance: z.string(), aheadMs: z.number().nullable(), at })),
    disk: z.object({
      freeBytes: count,
      totalBytes: count,
      bytesPerDay: count.optional(),
      fullInDays: count.optional(),
    }),
    /** Doors that run by themselves: heard of last, and how much of their journals is not here yet. Absent in one process. */
    edges: list(z.object({ id: z.string(), heardAt: at, behindBytes: count, isAskedAgain: z.boolean() })).optional(),
  }),
  'GET /api/quarantine': page(
    z.object({
      id: z.string(),
      appliance: z.string(),
      kind: z.string(),
      reason: z.enum(quarantineReasons),
      detail: z.string(),
      at,
      /** As they came, base64. */
      bytes: z.string(),
      /** How they begin, as text. */
      text: z.string(),
      notKept: count.optional(),
      readings: count,
      topic: z.enum(['telemetry', 'event', 'status']),
    }),
  ),
  'POST /api/quarantine/replay': z.object({ replayed: count }),
  'GET /api/jobs': z.object({
    waiting: count,
    dead: count,
    oldestMs: count,
    items: list(z.object({ key: z.string(), channel: z.string(), error: z.string(), tries: count, at })),
  }),
  'POST /api/jobs/replay': z.object({ replayed: count }),
  'GET /api/webhooks': page(
    z.object({
      seq: count,
      /** The `webhook-id` and `ce-id` that its receiver saw. */
      key: z.string(),
      state: z.enum(['waiting', 'done', 'dead']),
      tries: count,
      createdAt: at,
      settledAt: at.optional(),
      error: z.string().optional(),
    }),
  ),
  'POST /api/webhooks/replay': z.object({ replayed: count }),
}
