import { useSyncExternalStore } from 'react'
import { ApiError, call, queries } from '../api.ts'
import { shelf } from './shelf.ts'
import type { Sent, Write } from './write.ts'
import { type QueueState, WriteQueue } from './writeQueue.ts'

async function send({ what, asked, body, id, basis }: Write): Promise<Sent> {
  try {
    await call(what, asked as never, body, {
      'idempotency-key': id,
      ...(basis === undefined ? {} : { 'hearthwatch-basis': String(basis) }),
    })
    void queries.invalidateQueries({ predicate: ({ queryKey: [key] }) => /^\/api\/(my|tickets)/.test(String(key)) })
    return { kind: 'done' }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.status === 401) return { kind: 'signed-out' }
    if (error.status === 0 || error.status >= 500 || error.status === 429) return { kind: 'later' }
    // What is shown beside it must be what is there now.
    void queries.invalidateQueries({ predicate: ({ queryKey: [key] }) => /^\/api\/(my|tickets)/.test(String(key)) })
    return { kind: 'refused', problem: { code: error.code, title: error.message, detail: error.remedy } }
  }
}

let timer: ReturnType<typeof setTimeout> | undefined
/** The commands of this browser. */
export const writes = new WriteQueue({
  load: async () => (await shelf()).getAll('writes'),
  async save(write) {
    await (await shelf()).put('writes', write)
  },
  remove: async (id) => (await shelf()).delete('writes', id),
  send,
  alone: (work) => (navigator.locks ? navigator.locks.request('hearthwatch-writes', work) : work()),
  later(work, ms) {
    clearTimeout(timer)
    timer = setTimeout(work, ms)
  },
})

let opened = false
/** From here on what waits is sent whenever somebody answers. */
export function openWrites(): void {
  if (opened) return
  opened = true
  void writes.open().catch(() => {})
  addEventListener('online', () => void writes.flush())
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && void writes.flush())
}

export const useWrites = (): QueueState => useSyncExternalStore(writes.subscribe, () => writes.state)
