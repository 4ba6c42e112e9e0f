// S09: a tip is sent only when its rule matches the appliance's own data, and shows that data.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, MINUTE } from '../../core/index.ts'
import { connectAppliance, eventually, quiet } from '../program.ts'
import { onBothPrograms, type Restartable } from './onBothPrograms.ts'

const FRIDGES = 8
const DAYS = 6

onBothPrograms('S09 tips', { CLOCK: 'telemetry' }, (start) => {
  let held: Restartable
  let gateway: MqttClient
  const ids = Array.from({ length: FRIDGES }, (_, i) => `f${i}`)
  // It ends at noon: nobody is told anything at night.
  const begin = Math.floor((Date.now() - 20 * DAY) / DAY) * DAY + 12 * 60 * MINUTE
  beforeAll(async () => {
    held = await start()
    await held.now.call(
      'POST',
      '/api/appliances',
      ids.map((id) => ({
        id,
        kind: 'fridge',
        model: 'M',
        cadenceSeconds: 600,
        location: { lat: 48, lon: 11 },
        owner: { name: id, contact: `${id}@example.org`, language: 'en' },
      })),
    )
    const made = await held.now.call<{ mqtt: { password: string } }>('POST', '/api/gateways', {
      id: 'gw',
      appliances: ids,
    })
    gateway = await connectAppliance(held.now, 'gw', made.mqtt.password)
    for (let day = 0; day < DAYS; day++)
      for (const [i, id] of ids.entries()) {
        // f2 and f5 take much more than the others.
        const power = i === 2 || i === 5 ? 160 : 80 + i
        const batch = Array.from({ length: 144 }, (_, step) => ({
          ts: begin + day * DAY + step * 10 * MINUTE,
          metrics: { power: power + (step % 3), cabinetTemp: 4 + (step % 4) / 10 },
        }))
        await gateway.publishAsync(`appliances/fridge/${id}/telemetry`, JSON.stringify(batch), { qos: 1 })
      }
    await quiet(held.now)
    for (const id of ['f1', 'f2'])
      await held.now.call('POST', `/api/appliances/${id}/consents`, { purpose: 'care-tips', given: true })
  }, 180_000)
  afterAll(async () => {
    await gateway?.endAsync(true)
    await held.close()
  })
  const box = () => readFile(join(held.now.dataDir, 'live', 'outbox.mbox'), 'utf8').catch(() => '')

  test('S09 of two that use much more the one who agreed is told, with both figures; the others are not', {
    timeout: 120_000,
  }, async () => {
    const { items } = await held.now.call<{ items: { id: string; campaign: object }[] }>(
      'GET',
      '/api/campaigns/templates',
    )
    const energy = items.find(({ id }) => id === 'energy')?.campaign
    await held.now.call('PUT', '/api/campaigns/energy', { ...energy, controlShare: 0 })
    const preview = await held.now.call<{ example?: { appliance: string; body: { en: string } } }>(
      'POST',
      '/api/campaigns/energy/preview',
      {},
    )
    expect(preview).toMatchObject({ appliances: 2, told: 1, noConsent: 1, control: 0, cap: 0 })
    expect(preview.example?.body.en).toMatch(/it took 161 W on average; others of its model take 8\d W/)
    await held.now.call('POST', '/api/campaigns/energy/start', {})
    await eventually('the mail', async () => /Subject: Your fridge uses more/.test(await box()), 60_000)
    expect((await box()).match(/Subject: Your fridge uses more/g)).toHaveLength(1)
    expect(await box()).toContain('To: f2 <f2@example.org>')
    const { figures } = await held.now.call<{ figures: object }>('GET', '/api/campaigns/energy')
    expect(figures).toMatchObject({ told: { appliances: 1 }, control: { appliances: 0 } })
  })

  test('S09 a tip without its data in the text is refused', async () => {
    const tip = {
      name: { en: 'n', zh: 'n' },
      purpose: 'care-tips',
      segment: {},
      season: 'once',
      tip: { feature: 'powerDay', times: 1.2 },
      title: { en: 't', zh: 't' },
      body: { en: 'It uses too much.', zh: '太耗电。' },
    }
    await expect(held.now.call('PUT', '/api/campaigns/bare', tip)).rejects.toThrow(/400.*\{own\}/s)
  })
})
