import { expect, test } from 'vitest'
import type { Offset, StoredBatch } from '../../core/index.ts'
import { AppendQueue } from './appendQueue.ts'

const batch = (from: Offset, upTo: Offset): StoredBatch => ({ from, upTo, readings: [] }) as unknown as StoredBatch

test('after a failed commit nobody is told that everything is stored, until what failed is', async () => {
  let committed = 0
  let isAway = true
  const queue = new AppendQueue({
    committed: () => committed,
    commit: async (batches) => {
      if (isAway) throw new Error('no room')
      committed = batches.at(-1)!.upTo
    },
    everyMs: 0,
  })
  const failing = queue.append(batch(0, 10))
  // Asked while it is being committed, and after it failed.
  await Promise.all([
    expect(failing).rejects.toThrow('no room'),
    expect(queue.flush()).rejects.toMatchObject({ code: 'store-unavailable', retryable: true }),
  ])
  await expect(queue.append(batch(10, 20))).rejects.toMatchObject({ retryable: true })
  await expect(queue.flush()).rejects.toMatchObject({ retryable: true })
  isAway = false
  await queue.append(batch(0, 10))
  await expect(queue.flush()).rejects.toMatchObject({ retryable: true })
  await queue.append(batch(10, 20))
  await queue.flush()
  await queue.close()
})
