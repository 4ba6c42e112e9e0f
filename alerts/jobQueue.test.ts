import { describe } from 'vitest'
import { fetchServers, serversMissing, startRedis } from '../test/servers/servers.ts'
import { openBullQueue } from './bullQueue.ts'
import { jobQueueContract } from './jobQueue.contract.ts'
import { openOutboxQueue } from './outboxQueue.ts'

jobQueueContract('the outbox table as the queue', async (options) => ({
  queue: openOutboxQueue(options),
  stop: async () => {},
}))

describe.skipIf(serversMissing())('on a real Redis', () => {
  jobQueueContract('BullMQ, fed by the outbox', async (options) => {
    fetchServers()
    const redis = await startRedis()
    return { queue: await openBullQueue({ ...options, redisUrl: redis.url, prefix: 'test' }), stop: () => redis.stop() }
  })
})
