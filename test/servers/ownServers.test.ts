import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import {
  type RunningServer,
  serversMissing,
  startInflux,
  startMosquitto,
  startPostgres,
  startRedis,
} from './servers.ts'

describe.skipIf(serversMissing())('the real servers', () => {
  let running: RunningServer | undefined
  afterEach(() => running?.stop())

  test.each([
    ['Redis', startRedis],
    ['Mosquitto', startMosquitto],
    ['InfluxDB', startInflux],
    ['PostgreSQL', startPostgres],
  ])('%s starts on a free port, ends, and starts again on the same port', async (_, start) => {
    running = await start()
    const { port } = running
    await running.stop()
    await expect(
      new Promise((resolve, reject) => connect(port, '127.0.0.1').once('connect', resolve).once('error', reject)),
    ).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    running = await start({ port })
    expect(running.url).toContain(String(port))
  })
})
