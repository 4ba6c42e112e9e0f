import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningServer, serversMissing, startRedis } from '../../test/servers/servers.ts'
import { entryStreamContract } from './entryStream.contract.ts'
import { memoryStream } from './memoryStream.ts'
import { openRedisStream } from './redisStream.ts'

describe('in memory', () => {
  entryStreamContract(async () => {
    const stream = memoryStream()
    return { stream, flush: async () => stream.flush() }
  })
})

describe.skipIf(serversMissing())('on Redis', () => {
  let server: RunningServer
  let control: Redis
  const open = (prefix: string) => openRedisStream({ url: server.url, prefix, onRetryableError: () => undefined })
  beforeAll(async () => {
    server = await startRedis()
    control = new Redis(server.url)
    control.on('error', () => undefined)
  })
  afterAll(async () => {
    control.disconnect()
    await server.stop()
  })
  let number = 0
  entryStreamContract(async () => ({
    stream: await open(`test${++number}`),
    flush: async () => void (await control.flushall()),
  }))

  test('while Redis is away everything is refused as passing; when it is back, all goes on', async () => {
    const stream = await open('away')
    const one = { edge: 'north', epoch: 'e', partition: 5, first: 1, count: 1, frames: Buffer.from('a') }
    await stream.publish([one])
    const { port } = server
    await server.stop()
    await expect(stream.publish([one])).rejects.toMatchObject({ code: 'carrier-unavailable', retryable: true })
    await expect(stream.read(new Map(), 20)).rejects.toMatchObject({ code: 'carrier-unavailable', retryable: true })
    server = await startRedis({ port })
    await expect
      .poll(() => stream.publish([one]).then(() => stream.read(new Map(), 20)), { timeout: 10_000 })
      .toMatchObject([{ partition: 5, first: 1 }])
    await stream.close()
  })
})
