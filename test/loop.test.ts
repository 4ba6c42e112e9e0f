// The whole circle, from a fault in the physics to a closure that the appliance itself proves.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Alert, Ticket } from '../core/index.ts'
import { eventually, newDataDir, type Program, removeDataDir, startProgram } from './program.ts'

interface SimulatorAnswer {
  now: number
  paused: boolean
  opening?: boolean
  lapse?: { progress: number }
}
interface Board {
  verdicts: { precision: { count: number; of: number } }
}
const HOUR = 3_600_000
const DAY = 24 * HOUR

let dataDir: string
let program: Program
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir, { SIMULATE: '12', SIMULATE_DAYS: '18' })
  await eventually(
    'the end of the time-lapse',
    async () => {
      const now = await simulator()
      return !now.opening && !now.lapse
    },
    180_000,
  )
  await program.call('PATCH', '/api/simulator', { paused: true })
}, 600_000)
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
})

const simulator = () => program.call<SimulatorAnswer>('GET', '/api/simulator')
async function runFor(ms: number): Promise<void> {
  const until = Math.round((await simulator()).now + ms)
  await program.call('PATCH', '/api/simulator', { until })
  await eventually(
    'the world to get there',
    async () => (await simulator()).paused && (await simulator()).now >= until,
    120_000,
  )
}
/** So soon after its alert nobody has visited it yet. */
const LOOK_MS = DAY / 8
/** Runs until an alert of this appliance is open, and the ticket it opened. */
async function untilAlerted(
  appliance: string,
  days: number,
): Promise<{ alert: Alert; ticket: Ticket & { check?: object } }> {
  for (let ran = 0; ran < days * DAY; ran += LOOK_MS) {
    await runFor(LOOK_MS)
    const { items } = await program.call<{ items: Alert[] }>('GET', `/api/alerts?appliance=${appliance}&state=open`)
    const alert = items.find(({ ticket }) => ticket)
    if (alert) return { alert, ticket: await program.call<Ticket>('GET', `/api/tickets/${alert.ticket}`) }
  }
  throw new Error(`no alert on ${appliance} within ${days} days`)
}
/** One that has every sensor of its kind, is connected and sound. */
async function soundOne(kind: string, model: RegExp): Promise<string> {
  const { items } = await program.call<{ items: { id: string; model: string; status: string }[] }>(
    'GET',
    `/api/appliances?kind=${kind}&limit=100`,
  )
  const { items: faults } = await program.call<{ items: { appliance: string }[] }>('GET', '/api/simulator/faults')
  const faulty = new Set(faults.map(({ appliance }) => appliance))
  const found = items.find(({ id, model: name, status }) => model.test(name) && status === 'healthy' && !faulty.has(id))
  if (!found) throw new Error(`no sound ${kind} of ${model} in ${JSON.stringify(items)}`)
  return found.id
}

describe('a fault', () => {
  test('of a worn compressor files its ticket with proof, cause, part and engineer, and its repair is proved', {
    timeout: 600_000,
  }, async () => {
    const fridge = await soundOne('fridge', /Polar/)
    const before = await program.call<Board>('GET', '/api/scoreboard')
    await program.call('POST', '/api/simulator/faults', {
      appliance: fridge,
      failureMode: 'compressor-wear',
      days: 12,
      shape: 'linear',
    })
    const { alert, ticket } = await untilAlerted(fridge, 12)
    await program.call('POST', `/api/tickets/${ticket.id}/hold`, { held: true })
    expect(alert.evidence.length).toBeGreaterThan(0)
    expect(alert.explanation.engineer.en.length).toBeGreaterThan(20)
    expect(alert.explanation.owner.zh.length).toBeGreaterThan(5)
    expect(alert.evidence.reduce((sum, { share }) => sum + share, 0)).toBeLessThanOrEqual(1.0001)
    expect(alert.opened?.hypotheses.slice(0, 2).map(({ failureMode }) => failureMode)).toContain('compressor-wear')
    expect(ticket).toMatchObject({ source: 'predicted', appliance: fridge, alerts: [alert.id] })
    expect(ticket.kit.map(({ part }) => part)).toContain('compressor')
    expect(ticket.candidates.some(({ rank }) => rank === 1)).toBe(true)
    for (const { rank, reasons, rejectedBecause } of ticket.candidates) {
      expect(rank ? reasons.length : rejectedBecause?.length).toBeGreaterThan(0)
    }
    // One notice for the owner and one for the desk: of the visit, or, where the rule is on, of what they are asked first.
    const first = ticket.check ? 'asked' : 'offered'
    for (const of of ['owners', 'desk']) {
      const { items } = await program.call<{ items: { ticket?: string; key: string }[] }>(
        'GET',
        `/api/inbox?of=${of}&limit=1000`,
      )
      expect([of, items.filter(({ key }) => key.startsWith(`${ticket.id}/${first}/`)).length]).toEqual([of, 1])
    }
    await program.call('POST', `/api/tickets/${ticket.id}/close`, {
      cause: 'compressor-wear',
      verdict: 'confirmed',
      parts: ['compressor'],
      note: 'Replaced.',
    })
    const after = await program.call<Board>('GET', '/api/scoreboard')
    expect(after.verdicts.precision.of).toBeGreaterThan(before.verdicts.precision.of)
    await runFor(6 * DAY)
    const verified = await program.call<Ticket>('GET', `/api/tickets/${ticket.id}`)
    expect(verified).toMatchObject({ state: 'verified', verification: 'passed' })
    expect(verified.history.at(-1)).toMatchObject({ by: 'appliance', to: 'verified' })
  })

  test('of a bearing is found on the washer, and closing it without the part that it needs reopens the ticket', {
    timeout: 600_000,
  }, async () => {
    const washer = await soundOne('washer', /Aqua/)
    await program.call('POST', '/api/simulator/faults', {
      appliance: washer,
      failureMode: 'bearing-wear',
      days: 14,
      shape: 'linear',
    })
    const { alert, ticket } = await untilAlerted(washer, 14)
    await program.call('POST', `/api/tickets/${ticket.id}/hold`, { held: true })
    expect(alert.opened?.hypotheses.slice(0, 2).map(({ failureMode }) => failureMode)).toContain('bearing-wear')
    expect(ticket.kit.map(({ part }) => part)).toContain('drum-bearing')
    await program.call('POST', `/api/tickets/${ticket.id}/close`, {
      cause: 'belt-slip',
      verdict: 'other-cause',
      parts: ['drive-belt'],
      note: 'Belt.',
    })
    await runFor(9 * DAY)
    const reopened = await program.call<Ticket>('GET', `/api/tickets/${ticket.id}`)
    expect(reopened.history.map(({ to }) => to)).toContain('reopened')
    expect(reopened.verification).toBe('failed')
  })

  test('of a leaking air conditioner is named, ticketed with its charge, and counted when it is confirmed', {
    timeout: 600_000,
  }, async () => {
    // Not all of them run enough in every season to show it; those that do must.
    const { items } = await program.call<{ items: { id: string; status: string }[] }>(
      'GET',
      '/api/appliances?kind=ac&limit=100',
    )
    for (const { id, status } of items) {
      if (status !== 'healthy') continue
      await program.call('POST', '/api/simulator/faults', {
        appliance: id,
        failureMode: 'refrigerant-leak',
        days: 14,
        shape: 'linear',
      })
    }
    let found: Alert | undefined
    for (let day = 0; day < 14 && !found; day++) {
      await runFor(DAY)
      const alerts = await program.call<{ items: Alert[] }>('GET', '/api/alerts?state=open&limit=1000')
      found = alerts.items.find(
        ({ kind, opened, ticket }) => kind === 'ac' && ticket && opened?.failureMode === 'refrigerant-leak',
      )
    }
    const ticket = await program.call<Ticket>('GET', `/api/tickets/${found?.ticket}`)
    await program.call('POST', `/api/tickets/${ticket.id}/hold`, { held: true })
    expect(ticket.kit.map(({ part }) => part)).toContain('refrigerant-charge-r32')
    expect(ticket.candidates.some(({ rank }) => rank === 1)).toBe(true)
    const before = await program.call<Board>('GET', '/api/scoreboard')
    await program.call('POST', `/api/tickets/${ticket.id}/close`, {
      cause: 'refrigerant-leak',
      verdict: 'confirmed',
      parts: ['refrigerant-charge-r32'],
      note: 'Recharged.',
    })
    const after = await program.call<Board>('GET', '/api/scoreboard')
    expect(after.verdicts.precision.count).toBe(before.verdicts.precision.count + 1)
  })
})
