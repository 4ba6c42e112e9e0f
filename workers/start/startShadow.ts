import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { alertRecords } from '../../alerts/index.ts'
import type { Database, Millis } from '../../core/index.ts'
import { beginSpan, endSpan, recordHeard, type ShadowHeard } from '../../service/index.ts'
import type { ShadowData, ShadowSays } from '../protocol.ts'

export interface Shadow {
  readonly set: string
  /** `waiting` for the snapshot that it begins from, then `running`. */
  state(): 'waiting' | 'running'
  end(because: string): Promise<void>
}

/** Starts the thread of a candidate, and records what it says. */
export function startShadow(options: {
  set: string
  data: Omit<ShadowData, 'port'>
  database: Database
  follow: (port: MessagePort) => void
  /** It ended by itself. */
  ended: (because: string) => void
  onRetryableError: (what: string, error: unknown) => void
}): Shadow {
  const { set, database, onRetryableError } = options
  const { port1, port2 } = new MessageChannel()
  const worker = new Worker(new URL('../threads/shadow.ts', import.meta.url), {
    workerData: { ...options.data, port: port1 } satisfies ShadowData,
    transferList: [port1],
    resourceLimits: { maxYoungGenerationSizeMb: 64, maxOldGenerationSizeMb: 8_192 },
  })
  let span: { set: string; span: number; beganAt: Millis } | undefined
  let isOver = false
  /** What was heard while the record before it was being written shares the next one. */
  let waiting: ShadowHeard | undefined
  let recording: Promise<void> = Promise.resolve()

  worker.on('message', (message: ShadowSays) => {
    if (isOver) return
    switch (message.type) {
      case 'began':
        recording = recording
          .then(async () => {
            span = { set, span: await beginSpan(database, set, message.at), beganAt: message.at }
          })
          .catch((error: unknown) => onRetryableError('shadow', error))
        return
      case 'heard':
        waiting = waiting ? together(waiting, message.heard) : message.heard
        recording = recording.then(record).catch((error: unknown) => onRetryableError('shadow', error))
        return
      case 'failed':
        onRetryableError('shadow', new Error(message.message))
        options.ended('failed')
    }
  })
  worker.on('error', (error) => {
    if (isOver) return
    onRetryableError('shadow', error)
    options.ended('failed')
  })
  options.follow(port2)

  async function record(): Promise<void> {
    const heard = waiting
    waiting = undefined
    if (heard && span) await recordHeard(database, alertRecords, span, heard)
  }

  return {
    set,
    state: () => (span ? 'running' : 'waiting'),
    async end(because) {
      if (isOver) return
      isOver = true
      await worker.terminate()
      await recording
      if (span) await endSpan(database, span.span, because)
    },
  }
}

const together = (a: ShadowHeard, b: ShadowHeard): ShadowHeard => ({
  upTo: b.upTo,
  applianceDays: a.applianceDays + b.applianceDays,
  said: [...a.said, ...b.said],
})
