import { beforeEach, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, Problem, SeededRandom } from '../../core/index.ts'
import { drawFault, type Fault } from '../appliances/faults.ts'
import type { ApiClient } from './apiClient.ts'
import { People } from './people.ts'
import { Supervisors } from './supervisors.ts'

const start = Date.UTC(2026, 3, 1)
interface FakeTicket {
  id: string
  appliance: string
  state: string
  source: string
  failureMode: string
  ownerLink: string
  owner: { name: string }
  engineer?: string
  heldBy?: string
  slot?: { from: number; to: number }
  visit?: { startedAt: number; endedAt?: number }
  closure?: { at: number; cause: string; verdict?: string; parts: string[] }
  rating?: { stars: number }
  guide?: { triedAt?: number; helped?: boolean }
  checklist?: { at: number; answers: Record<string, unknown> }
  ownerTicks?: Record<string, boolean>
  history: { at: number; from: string | null; to: string }[]
}

/** As much of the desk as people see of it: states move as a ticket's do. */
class FakeDesk implements ApiClient {
  now = start
  calls: string[] = []
  reports: unknown[] = []
  waited: unknown[] = []
  down = false
  /** What the engineer carries. */
  van = ['door-gasket']
  ticket: FakeTicket
  constructor(state: string, over: Partial<FakeTicket> = {}) {
    this.ticket = {
      id: 't1',
      appliance: 'fridge-0001',
      state,
      source: 'predicted',
      failureMode: 'door-seal-leak',
      ownerLink: 'http://127.0.0.1/t/SECRET',
      owner: { name: 'Mei Li' },
      history: [{ at: start, from: null, to: state }],
      ...over,
    }
  }
  #move(to: string): void {
    this.ticket.history.push({ at: this.now, from: this.ticket.state, to })
    this.ticket.state = to
  }
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    if (this.down) throw new Problem({ code: 'away', message: 'away', remedy: 'wait', status: 503, retryable: true })
    const { ticket } = this
    if (method === 'GET' && path.startsWith('/api/tickets')) {
      const asked = new URL(path, 'http://x').searchParams
      const changed = ticket.history.at(-1)!.at >= Number(asked.get('changedSince') ?? 0)
      const wanted = asked.get('state')?.split(',').includes(ticket.state) ?? true
      return { items: changed && wanted ? [structuredClone(ticket)] : [] } as T
    }
    if (path.startsWith('/api/engineers')) return { items: [{ id: 'eva', depot: 'van' }] } as T
    if (path.startsWith('/api/depots')) {
      return { items: [{ id: 'van', stock: this.van.map((part) => ({ part, quantity: 1 })) }] } as T
    }
    if (method === 'GET')
      return { slots: [1, 2, 3].map((day) => ({ from: start + day * DAY, to: start + day * DAY + 2 * HOUR })) } as T
    this.calls.push(path.split('/').slice(-1)[0]!)
    const given = body as Record<string, never>
    if (path.endsWith('/accept')) {
      ticket.slot = given.slot
      this.#move('assigned')
    } else if (path.endsWith('/decline')) this.#move('declined')
    else if (path.endsWith('/visit/start')) {
      ticket.visit = { startedAt: this.now }
      this.#move('visiting')
    } else if (path.endsWith('/visit/end')) this.#move('completed')
    else if (path.endsWith('/close')) {
      ticket.closure = { at: this.now, ...given } as never
      this.#move('closed')
    } else if (path.endsWith('/wait')) {
      this.waited.push(given)
      this.#move('waiting')
    } else if (path.endsWith('/guide')) {
      ticket.guide = { triedAt: this.now, ...given }
      if (ticket.guide.helped) this.#move('closed')
    } else if (path.endsWith('/card')) ticket.ownerTicks = given.ticks
    else if (path.endsWith('/rate')) ticket.rating = given as never
    else if (path.endsWith('/report')) this.reports.push(body)
    return {} as T
  }
}

let fault: Fault
beforeEach(() => {
  fault = drawFault('fridge', 'fridge-0001', 'door-seal-leak', start - 5 * DAY, new SeededRandom(1), {
    days: 20,
    shape: 'linear',
  })
})
async function live(desk: FakeDesk, days: number, faults: Fault[], people = peopleAt(desk, faults)): Promise<People> {
  for (const end = desk.now + days * DAY; desk.now < end; desk.now += 20 * MINUTE) {
    await people.act(desk.now, [{ id: 'fridge-0001', faults }]).catch(() => 0)
  }
  return people
}
const peopleAt = (desk: FakeDesk, faults: Fault[], seed = 7, saved?: ReturnType<People['state']>): People =>
  new People({ seed, api: desk, faultsOf: () => faults, changed: () => {} }, saved)

test('what is not in the van is waited for, and fitted when it has come', async () => {
  const desk = new FakeDesk('visiting', { engineer: 'eva', visit: { startedAt: start } })
  desk.van = []
  const people = await live(desk, 1, [fault])
  expect(desk.waited).toMatchObject([{ parts: [{ part: 'door-gasket', quantity: 1 }] }])
  expect(desk.calls).toEqual(['wait'])
  desk.van = ['door-gasket']
  desk.ticket.state = 'visiting'
  await live(desk, 1, [fault], people)
  expect(desk.ticket.closure?.parts).toEqual(['door-gasket'])
})

test('an offer is answered within a day, the engineer comes in its slot, and what was needed is repaired', async () => {
  const desk = new FakeDesk('offered')
  await live(desk, 6, [fault])
  expect(desk.calls.slice(0, 4)).toEqual(['accept', 'start', 'end', 'close'])
  const { slot, visit, closure, history } = desk.ticket
  expect(history[1]!.at - start).toBeLessThanOrEqual(20.5 * HOUR)
  expect(visit!.startedAt).toBeGreaterThanOrEqual(slot!.from - 10 * MINUTE)
  expect(visit!.startedAt).toBeLessThan(slot!.to)
  expect(closure).toMatchObject({ cause: 'door-seal-leak', verdict: 'confirmed', parts: ['door-gasket'] })
  expect(fault.repairedAt).toBeGreaterThanOrEqual(closure!.at)
})

test('an appliance without a fault is closed as refuted, with no part', async () => {
  const desk = new FakeDesk('offered')
  await live(desk, 6, [])
  expect(desk.ticket.closure).toMatchObject({ cause: 'none', verdict: 'refuted', parts: [] })
})

test('a fault that was not the predicted one is another cause', async () => {
  const desk = new FakeDesk('offered', { failureMode: 'refrigerant-leak' })
  await live(desk, 6, [fault])
  expect(desk.ticket.closure).toMatchObject({ cause: 'door-seal-leak', verdict: 'other-cause' })
})

test('a ticket that a person has taken over is left alone, and the person’s closure has its effect', async () => {
  const desk = new FakeDesk('offered', { heldBy: 'user:ada' })
  const people = await live(desk, 3, [fault])
  expect(desk.calls).toEqual([])
  desk.ticket.closure = { at: desk.now, cause: 'door-seal-leak', parts: ['door-gasket'] }
  desk.ticket.state = 'closed'
  await people.act(desk.now, [])
  expect(fault.repairedAt).toBe(desk.now)
})

test('a closure that names another part repairs nothing', async () => {
  const desk = new FakeDesk('closed', {
    heldBy: 'user:ada',
    closure: { at: start, cause: 'compressor-wear', parts: ['compressor'] },
  })
  await live(desk, 1, [fault])
  expect(fault.repairedAt).toBeUndefined()
})

test('nobody’s ticket, but a fridge that is warm: its owner calls, once', async () => {
  const desk = new FakeDesk('cancelled')
  await live(desk, 20, [fault])
  expect(desk.reports).toHaveLength(1)
  expect(desk.reports[0]).toMatchObject({ text: expect.any(String) })
})

test('while the product is away nothing is lost: they try again when it is back', async () => {
  const desk = new FakeDesk('offered')
  const people = peopleAt(desk, [fault])
  desk.down = true
  await live(desk, 2, [fault], people)
  desk.down = false
  await live(desk, 5, [fault], people)
  expect(desk.ticket.state).toBe('closed')
})

test('people who are put back from a snapshot do what the others would have done, when they would have', async () => {
  const day = async (interrupted: boolean): Promise<string> => {
    const desk = new FakeDesk('offered')
    const faults = [structuredClone(fault)]
    const people = await live(desk, 0.5, faults, peopleAt(desk, faults))
    const state = JSON.parse(JSON.stringify(people.state())) as ReturnType<People['state']>
    await live(desk, 5, faults, interrupted ? peopleAt(desk, faults, 7, state) : people)
    return JSON.stringify(desk.ticket)
  }
  expect(await day(true)).toBe(await day(false))
})

test('S60: of a hundred owners some try the guide; where it helped the fault is gone, and nobody comes', async () => {
  let helped = 0
  let tried = 0
  for (let seed = 0; seed < 100; seed++) {
    const own = structuredClone(fault)
    const desk = new FakeDesk('offered', { guide: {} })
    await live(desk, 0.4, [own], peopleAt(desk, [own], seed))
    if (desk.ticket.guide?.triedAt === undefined) continue
    tried++
    if (!desk.ticket.guide.helped) continue
    helped++
    expect(own.repairedAt).toBe(desk.ticket.guide.triedAt)
    expect(desk.ticket.state).toBe('closed')
  }
  expect(tried).toBeGreaterThan(20)
  expect(helped).toBeGreaterThan(5)
  expect(helped).toBeLessThan(tried)
})

test('S60: a guide for another fault than the true one mends nothing', async () => {
  for (let seed = 0; seed < 50; seed++) {
    const desk = new FakeDesk('offered', { guide: {}, failureMode: 'condenser-fouling' })
    await live(desk, 0.4, [fault], peopleAt(desk, [fault], seed))
    expect(desk.ticket.guide?.helped ?? false).toBe(false)
  }
})

test('S42: half of the owners tick the card of the visit themselves, once', async () => {
  let ticked = 0
  for (let seed = 0; seed < 60; seed++) {
    const desk = new FakeDesk('closed', {
      visit: { startedAt: start, endedAt: start + HOUR },
      checklist: { at: start + HOUR, answers: { done: true, cleaned: true } },
      closure: { at: start + HOUR, cause: 'none', parts: [] },
    })
    await live(desk, 1, [], peopleAt(desk, [], seed))
    const cards = desk.calls.filter((call) => call === 'card').length
    expect(cards).toBe(desk.ticket.ownerTicks ? 1 : 0)
    if (desk.ticket.ownerTicks) expect(Object.keys(desk.ticket.ownerTicks)).toEqual(['done', 'cleaned'])
    ticked += cards
  }
  expect(ticked).toBeGreaterThan(15)
  expect(ticked).toBeLessThan(45)
})

test('S51: supervisors call where a rating asks for it, and bring who is retrained back, not before', async () => {
  const calls: string[] = []
  const eva = { id: 'eva', isolated: '2 of 5', retraining: [{ failureMode: 'door-seal-leak', since: start }] }
  const api: ApiClient = {
    async call<T>(method: string, path: string, body?: unknown): Promise<T> {
      if (method === 'POST') calls.push(`${path} ${JSON.stringify(body)}`)
      return { items: path.startsWith('/api/tasks') ? [{ id: 'supervisor/t1/0' }] : [eva] } as T
    },
  }
  const supervisors = new Supervisors(api)
  await supervisors.act(start + HOUR)
  await supervisors.act(start + 2 * HOUR)
  expect(calls).toHaveLength(1)
  expect(calls[0]).toContain('/api/tasks/done')
  await supervisors.act(start + 6 * DAY)
  expect(calls.slice(2).map((call) => call.split(' ')[0])).toEqual([
    '/api/engineers/eva/retraining/pass',
    '/api/engineers/eva/lift',
  ])
})

test('of a hundred owners most agree, a few decline, and a few never answer', async () => {
  const states = new Map<string, number>()
  for (let seed = 0; seed < 100; seed++) {
    const desk = new FakeDesk('offered')
    await live(desk, 0.9, [], peopleAt(desk, [], seed))
    states.set(desk.ticket.state, (states.get(desk.ticket.state) ?? 0) + 1)
  }
  expect(states.get('assigned')).toBeGreaterThan(75)
  expect(states.get('declined')).toBeGreaterThan(1)
  expect(states.get('offered')).toBeGreaterThan(0)
})
