// Rules from outside: written, previewed, armed, spoken, restarted, withdrawn; and what a rule cannot do to analysis.
import type { MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Alert, DAY, HOUR, MINUTE, type RulePreview } from '../../core/index.ts'
import { connectAppliance, newDataDir, type Program, quiet, removeDataDir, startProgram } from '../program.ts'

const FRIDGES = 12
const env = { CLOCK: 'telemetry' }
let dataDir: string
let program: Program
let gateway: MqttClient
let password = ''
const ids = Array.from({ length: FRIDGES }, (_, i) => `f${i}`)
const start = Math.floor((Date.now() - 30 * DAY) / DAY) * DAY

beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir, env)
  await program.call(
    'POST',
    '/api/appliances',
    ids.map((id) => ({ id, kind: 'fridge', model: 'M', cadenceSeconds: 600 })),
  )
  const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/gateways', {
    id: 'gw',
    appliances: ids,
  })
  ;({ password } = mqtt)
  gateway = await connectAppliance(program, 'gw', password)
})
afterAll(async () => {
  await gateway?.endAsync(true)
  await program?.stop()
  await removeDataDir(dataDir)
})

/** Days of readings every ten minutes; `f3` and `f7` are warm for so many minutes every third day, and `f5` once for long. */
async function pass(fromDay: number, toDay: number): Promise<void> {
  for (let day = fromDay; day < toDay; day++)
    for (const [i, id] of ids.entries()) {
      const batch = Array.from({ length: 144 }, (_, step) => {
        const minute = step * 10
        const isWarm = (i === 3 || i === 7) && day % 3 === 0 && minute >= 600 && minute < 600 + 10 * i
        const metrics = { cabinetTemp: isWarm ? 9 : 4 + (step % 3) / 10, power: 80 + (step % 5) }
        return { ts: start + day * DAY + minute * MINUTE, metrics }
      })
      await gateway.publishAsync(`appliances/fridge/${id}/telemetry`, JSON.stringify(batch), { qos: 1 })
    }
  await quiet(program)
}
const body = (limit: number, more: object = {}) => ({
  name: { en: 'Warm for an hour', zh: '持续一小时温度高' },
  owner: { en: 'Your fridge was warm for an hour.', zh: '您的冰箱有一小时温度偏高。' },
  scope: { kind: 'fridge' },
  severity: 'info',
  holdMinutes: 50,
  when: { of: 'reading', all: [{ metric: 'cabinetTemp', op: 'above', limit, release: limit - 2 }] },
  ...more,
})
const alertsOf = async (rule: string): Promise<Alert[]> => {
  await quiet(program)
  const { items } = await program.call<{ items: Alert[] }>('GET', '/api/alerts?limit=1000')
  return items.filter(({ detector }) => detector.startsWith(`rule/${rule}@`))
}
const preview = (rule: string, days: number) =>
  program.call<RulePreview>('POST', `/api/rules/${rule}/preview`, { days })

test('a rule speaks as often as its preview says, goes on over a kill in the middle, and is withdrawn', {
  timeout: 120_000,
}, async () => {
  await pass(0, 8)
  await program.call('PUT', '/api/rules/warm', body(8))
  // f3 is warm for 30 minutes, f7 for 70: of the days 0, 3 and 6.
  const before = await preview('warm', 20)
  expect(before).toMatchObject({ appliances: FRIDGES, fired: 1, firings: 3 })
  expect(before.examples.every(({ appliance, observed }) => appliance === 'f7' && observed === 9)).toBe(true)
  await program.call('POST', '/api/rules/warm/arm', {})
  await quiet(program)
  await pass(8, 12)
  // In the middle of what holds.
  await gateway.publishAsync(
    'appliances/fridge/f5/telemetry',
    JSON.stringify(
      [0, 10, 20].map((m) => ({ ts: start + 12 * DAY + m * MINUTE, metrics: { cabinetTemp: 9, power: 80 } })),
    ),
    { qos: 1 },
  )
  await quiet(program)
  await gateway.endAsync(true)
  await program.kill()
  program = await startProgram(dataDir, env)
  gateway = await connectAppliance(program, 'gw', password)
  await gateway.publishAsync(
    'appliances/fridge/f5/telemetry',
    JSON.stringify(
      [30, 40, 50, 60, 70].map((m) => ({
        ts: start + 12 * DAY + m * MINUTE,
        metrics: { cabinetTemp: m > 60 ? 4 : 9, power: 80 },
      })),
    ),
    { qos: 1 },
  )
  await pass(13, 17)
  const said = await alertsOf('warm')
  const after = await preview('warm', 30)
  const foreseen = after.examples.filter(({ at }) => at >= start + 8 * DAY)
  expect(said.map(({ appliance, openedAt }) => `${appliance} ${openedAt}`).sort()).toEqual(
    foreseen.map(({ appliance, at }) => `${appliance} ${at}`).sort(),
  )
  expect(said.map(({ appliance }) => appliance).sort()).toEqual(['f5', 'f7', 'f7'])
  const held = said.find(({ appliance }) => appliance === 'f5')
  expect(held).toMatchObject({ state: 'cleared', failureMode: 'rule-warm', severity: 'info' })
  expect(held?.evidence[0]).toMatchObject({ feature: 'cabinetTemp', observed: 9, from: start + 12 * DAY })
  expect(held?.explanation.engineer.en).toContain('seen no more')
  const { record } = await program.call<{ record: object }>('GET', '/api/rules/warm')
  expect(record).toMatchObject({ opened: 3, standing: 0 })
  await program.call('POST', '/api/rules/warm/withdraw', { why: 'it taught us enough' })
  await pass(17, 19)
  expect(await alertsOf('warm')).toHaveLength(3)
})

test('a rule that matters asks for a ticket, whose history says that a rule spoke', { timeout: 60_000 }, async () => {
  await program.call('PUT', '/api/rules/hot', body(8, { severity: 'critical', failureMode: 'compressor-wear' }))
  expect((await preview('hot', 30)).costCents).toBeGreaterThan(0)
  await program.call('POST', '/api/rules/hot/arm', {})
  await quiet(program)
  const from = start + 19 * DAY
  await gateway.publishAsync(
    'appliances/fridge/f9/telemetry',
    JSON.stringify(
      Array.from({ length: 9 }, (_, i) => ({ ts: from + i * 10 * MINUTE, metrics: { cabinetTemp: 9.5, power: 80 } })),
    ),
    { qos: 1 },
  )
  const [alert] = await alertsOf('hot')
  expect(alert).toMatchObject({ state: 'open', failureMode: 'compressor-wear' })
  expect(alert?.explanation.owner.zh).toBe('您的冰箱有一小时温度偏高。')
  expect(alert?.explanation.engineer.en).toContain(
    'Rule “Warm for an hour” (version 1) spoke: cabinetTemp 9.50 °C (limit 8.00)',
  )
  const ticket = await program.call<{ history: { code?: string; why: string; whyZh: string }[] }>(
    'GET',
    `/api/tickets/${alert?.ticket}`,
  )
  expect(ticket.history[0]).toMatchObject({ code: 'rule-spoke', why: expect.stringContaining('rule hot spoke') })
  expect(ticket.history[0]?.whyZh).toContain('规则 hot')
  // Paused, it takes back what stands.
  await program.call('POST', '/api/rules/hot/pause', {})
  const [paused] = await alertsOf('hot')
  expect(paused?.state).toBe('cleared')
})

test('what no rule may be is refused in one sentence, and analysis goes on', async () => {
  const refused = async (path: string, said: unknown): Promise<string> => {
    const error = await program.call('PUT', path, said).catch((cause: Error) => cause.message)
    return String(error)
  }
  expect(
    await refused(
      '/api/rules/x',
      body(8, { when: { of: 'reading', all: [{ metric: '__proto__', op: 'above', limit: 1 }] } }),
    ),
  ).toMatch(/422.*rule-unknown-name/s)
  expect(
    await refused(
      '/api/rules/x',
      body(8, { when: { of: 'reading', all: [{ metric: 'power', over: 'doorOpen', op: 'above', limit: 1 }] } }),
    ),
  ).toMatch(/422.*rule-divides-by-zero/s)
  expect(await refused('/api/rules/x', body(-40))).toMatch(/422.*rule-always/s)
  expect(await refused('/api/rules/x', body(8, { holdMinutes: -1 }))).toMatch(/400.*holdMinutes/s)
  await program.call(
    'PUT',
    '/api/rules/everything',
    body(3.5, { holdMinutes: 0, when: { of: 'reading', all: [{ metric: 'cabinetTemp', op: 'above', limit: 3.5 }] } }),
  )
  await preview('everything', 30)
  await expect(program.call('POST', '/api/rules/everything/arm', {})).rejects.toThrow(/rule-fires-on-everything/)
  await expect(program.call('POST', '/api/rules/nobody/arm', {})).rejects.toThrow(/404/)
  await expect(program.call('POST', '/api/rules/everything/explode', {})).rejects.toThrow(/4\d\d/)
  const before = (await quiet(program)).readings.stored
  await gateway.publishAsync(
    'appliances/fridge/f1/telemetry',
    JSON.stringify({ ts: start + 20 * DAY + HOUR, metrics: { cabinetTemp: 4, power: 80 } }),
    { qos: 1 },
  )
  expect((await quiet(program)).readings.stored).toBe(before + 1)
})
