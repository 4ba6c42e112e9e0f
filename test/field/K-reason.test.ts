// FIELD K7: a ticket follows its reason, and the owner is told so.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Alert, DAY, HOUR, MINUTE, type Notice, type Ticket } from '../../core/index.ts'
import { connectAppliance, newDataDir, type Program, quiet, removeDataDir, startProgram } from '../program.ts'

let dataDir: string
let program: Program
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir, { CLOCK: 'telemetry' })
})
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
})

const START = Math.floor(Date.now() / DAY) * DAY - 40 * DAY
const STEP = 2 * MINUTE
/** What stands still for a day, after these days of health. */
const DEAD_FROM = START + 18 * DAY
const DEAD_UNTIL = DEAD_FROM + 20 * HOUR

/** A fridge of the simplest kind: it cools by 90 W from 6 to 3 °C; while the compressor is dead it warms to the room. */
function* fridge(from: number, to: number) {
  let inside = 4
  let isOn = false
  let noise = 7
  for (let ts = START; ts < to; ts += STEP) {
    noise = (noise * 1_103_515_245 + 12_345) % 2_147_483_648
    const isDead = ts >= DEAD_FROM && ts < DEAD_UNTIL
    if (inside >= 6) isOn = true
    if (inside <= 3) isOn = false
    const cools = isOn && !isDead
    inside += ((24 - inside) * 0.09 - (cools ? 11 : 0)) * (STEP / HOUR)
    if (ts < from) continue
    const jitter = (noise / 2_147_483_648 - 0.5) * 0.2
    const metrics = {
      cabinetTemp: inside + jitter,
      ambientTemp: 24 + jitter,
      setpointTemp: 4,
      power: cools ? 90 + 10 * jitter : 2,
      compressorOn: cools ? 1 : 0,
    }
    yield { ts, metrics }
  }
}

async function register(id: string): Promise<(from: number, to: number) => Promise<void>> {
  const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
    id,
    kind: 'fridge',
    model: 'Test',
    cadenceSeconds: STEP / 1_000,
    owner: { name: 'Ann', contact: `${id}@example.invalid`, language: 'en' },
  })
  return async (from, to) => {
    const client = await connectAppliance(program, id, mqtt.password)
    const readings = [...fridge(from, to)]
    for (let i = 0; i < readings.length; i += 1_000)
      await client.publishAsync(`appliances/fridge/${id}/telemetry`, JSON.stringify(readings.slice(i, i + 1_000)), {
        qos: 1,
      })
    await client.endAsync()
    await quiet(program)
  }
}
const alertsOf = async (id: string): Promise<Alert[]> =>
  (await program.call<{ items: Alert[] }>('GET', `/api/alerts?appliance=${id}`)).items.filter(({ ticket }) => ticket)
const ticketOf = async (id: string): Promise<Ticket & { history: { code: string; to: string }[] }> =>
  program.call('GET', `/api/tickets/${(await alertsOf(id))[0]?.ticket}`)
const toldTo = async (of: 'owners' | 'desk', id: string): Promise<string[]> =>
  (await program.call<{ items: Notice[] }>('GET', `/api/inbox?of=${of}&limit=1000`)).items
    .filter(({ appliance }) => appliance === id)
    .map(({ title, body }) => `${title.en}: ${body.en}`)
/** What the owner's page says. */
const ownersPage = async ({ ownerLink }: Ticket) => {
  const answer = await fetch(`${program.url}/api/t/${ownerLink.split('/').at(-1)}`)
  return (await answer.json()) as { noticed: { en: string }; found: { en: string }; safe: boolean }
}

test('K7 an offer is withdrawn when its alert recovers, and nothing asks for a visit any more', {
  timeout: 120_000,
}, async () => {
  const say = await register('k7')
  await say(START, DEAD_UNTIL)
  const offered = await ticketOf('k7')
  expect(offered).toMatchObject({ state: 'offered', source: 'predicted' })
  await say(DEAD_UNTIL, DEAD_UNTIL + 7 * DAY)
  const ended = await ticketOf('k7')
  expect(ended.state).toBe('cancelled')
  expect(ended.history.at(-1)).toMatchObject({ code: 'reason-gone', to: 'cancelled' })
  for (const alert of await alertsOf('k7')) {
    expect(alert.state).toBe('cleared')
    expect(alert.explanation.owner.en).toBe('What we noticed is over. Nothing needs to be done.')
    expect(alert.remainingLife).toBeUndefined()
  }
  expect(await toldTo('owners', 'k7')).toContainEqual(
    expect.stringMatching(/^Your fridge is back to normal: .*No visit is needed/),
  )
  const page = await ownersPage(ended)
  expect([page.noticed.en, page.safe]).toEqual(['Your fridge is back to normal', true])
  expect(JSON.stringify(page)).not.toMatch(/prevents a breakdown|We recommend a visit/)
})

test('K7 what the owner has agreed to is the desk’s to decide', { timeout: 120_000 }, async () => {
  const say = await register('k7-agreed')
  await say(START, DEAD_UNTIL)
  const { id } = await ticketOf('k7-agreed')
  await program.call('POST', `/api/tickets/${id}/accept`, {})
  await say(DEAD_UNTIL, DEAD_UNTIL + 7 * DAY)
  const agreed = await ticketOf('k7-agreed')
  expect(['accepted', 'assigned']).toContain(agreed.state)
  const tasks = () =>
    program.call<{ items: { text: { en: string; zh: string } }[] }>('GET', `/api/tasks?ticket=${id}&type=reconsider`)
  expect((await tasks()).items.map(({ text }) => text.en)).toEqual([
    expect.stringContaining('The owner has agreed to a visit'),
  ])
  expect((await toldTo('owners', 'k7-agreed')).join()).toContain('We look at it again before we come')
  await program.call('POST', `/api/tickets/${id}/cancel`, { why: 'nothing is wrong' })
  expect((await tasks()).items).toEqual([])
})
