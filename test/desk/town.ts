import { alertRecords } from '../../alerts/index.ts'
import { type Alert, DAY, HOUR, MINUTE, Problem, SeededRandom, type TicketId, uniform } from '../../core/index.ts'
import { openPartsService } from '../../service/index.ts'
import { CARD } from './openTestApi.ts'
import { alertOf, type TestService } from './openTestService.ts'
import type { Act } from './recomputedClocks.ts'

/** From D, which may do nothing, to A+, which may do everything. */
export const grades = ['D', 'C', 'B', 'A', 'A+']
const kinds = ['fridge', 'washer', 'ac']
/** What its people say. */
export const ownWords = [
  'It does not work.',
  'not now',
  'the owner does not want it',
  'nobody can go',
  'sold',
  'nobody opened',
  'it lacks one',
]
export type Seen = Awaited<ReturnType<TestService['desk']['get']>>

/** A town whose owners, engineers and desks do what comes to their minds, as far as the state of the ticket allows it. */
export async function openTown({ desk, people, clock, catalog, database, registry }: TestService, seed: number) {
  const random = new SeededRandom(seed, 'town')
  const chance = (p: number): boolean => random.next() < p
  const one = <T>(list: readonly T[]): T => list[Math.floor(random.next() * list.length)] as T
  const near = () => ({ lat: 50 + uniform(random, -0.1, 0.1), lon: 8 + uniform(random, -0.15, 0.15) })
  const parts = [...catalog.kinds.values()].flatMap((kind) => Object.keys(kind.parts))
  const skills = ['cooling', 'sealed-system', 'electrical', 'mechanical', 'plumbing']
  const gradeOf = new Map<string, string>()
  const crew = Array.from({ length: 10 }, (_, i) => ({
    id: `e${i}`,
    name: `Engineer ${i}`,
    location: near(),
    grade: (i < 4 ? 'A+' : one(grades)) as 'A+',
    skills: i < 3 ? skills : skills.filter(() => chance(0.6)),
    depot: `van${i}`,
  }))
  for (const { id, grade } of crew) gradeOf.set(id, grade)
  const stock = (share: number, most: number) =>
    parts.filter(() => chance(share)).map((part) => ({ part, quantity: 1 + Math.floor(random.next() * most) }))
  await people.saveDepots(
    [
      { id: 'depot', type: 'depot', location: near(), stock: stock(0.9, 40) },
      { id: 'outlet', type: 'outlet', location: near(), stock: stock(0.5, 4) },
      ...crew.map(({ depot }) => ({ id: depot, type: 'van' as const, location: near(), stock: stock(0.3, 2) })),
    ],
    'test',
  )
  await people.saveEngineers(crew)
  const appliances = Array.from({ length: 600 }, (_, i) => `a${i}`)
  await registry.register(
    appliances.map((id, i) => ({
      id,
      kind: kinds[i % 3] as string,
      model: 'M1',
      location: near(),
      ...(i % 10 === 0 ? {} : { owner: { name: 'Ann', contact: `${id}@example.invalid`, language: 'en' as const } }),
    })),
  )
  const store = openPartsService({ database, alerts: alertRecords, catalog, clock, appliance: registry.get })
  /** Once a week what a part's place has no more of comes in. */
  const delivered = { week: 0 }
  async function deliver(): Promise<void> {
    const week = Math.floor(clock.now() / (7 * DAY))
    if (week === delivered.week) return
    delivered.week = week
    for (const { part, onHand, reserved } of await store.catalogue())
      if (onHand - reserved < 5) await store.move('storekeeper', { part, quantity: 20, to: 'depot', why: 'weekly' })
  }
  const idle = new Set(appliances)
  const resting: { appliance: string; at: number }[] = []
  const due: { at: number; id: TicketId }[] = []
  const later = (id: TicketId, at: number): void => void due.push({ at, id })
  const acts = new Map<string, Act[]>()
  const did = (ticket: Seen, what: Act['what']): void => {
    acts.set(ticket.id, [...(acts.get(ticket.id) ?? []), { at: clock.now(), what }])
  }
  /** Who had which ticket when, with the grade that they then had. */
  const given: { ticket: string; engineer: string; grade: string; difficulty: number }[] = []
  const ticks: number[] = []
  const had = new Map<string, number>()
  const look = (ticket: Seen): Seen => {
    const { id, engineer, state, kind, failureMode = 'unknown' } = ticket
    // Each time that it was given to somebody; who has it keeps it until the next round when their grade falls.
    const key = ticket.history.filter(
      ({ from, to, why }) => to === 'assigned' && (from !== 'assigned' || why.startsWith('by the plan of the day')),
    ).length
    if (state === 'assigned' && engineer && had.get(id) !== key) {
      had.set(id, key)
      const { difficulty } = catalog.failureMode(kind, failureMode)
      given.push({ ticket: id, engineer, grade: gradeOf.get(engineer) ?? '', difficulty })
    }
    return ticket
  }
  let made = 0

  async function make(): Promise<void> {
    const appliance = one([...idle])
    idle.delete(appliance)
    const { kind } = registry.get(appliance)
    const mode = one([...Object.keys(catalog.kind(kind).failureModes), 'unknown'])
    const hours = chance(0.5) ? 10 ** uniform(random, 1, 3.2) : undefined
    const alert: Alert = alertOf(appliance, {
      id: `al-${made}`,
      kind,
      failureMode: mode,
      hypotheses: [{ failureMode: mode, probability: uniform(random, 0.3, 1) }],
      severity: one(['warning', 'critical'] as const),
      openedAt: clock.now(),
      ...(hours === undefined ? {} : { remainingLife: { p10: hours / 2, p50: hours, p90: 2 * hours } as never }),
    })
    const ticket = chance(0.6)
      ? await desk.get(await database.transaction((tx) => desk.ticketFor(tx, alert)))
      : await desk.report(registry.get(appliance), `owner ${appliance}`, 'It does not work.', mode)
    made++
    later(look(ticket).id, clock.now() + uniform(random, 0.2, 20) * HOUR)
  }

  /** One thing that may happen to this ticket now; then a time to look again. */
  async function act(id: TicketId): Promise<void> {
    const ticket = await desk.get(id)
    const now = clock.now()
    const again = (hours: number): void => later(id, now + hours * HOUR)
    switch (ticket.state) {
      case 'offered':
        if (chance(0.1)) return again(130)
        if (chance(0.08)) look(await desk.decline(id, 'owner', 'not now'))
        else {
          const slot = one(ticket.offeredSlots.filter(({ from }) => from > now))
          const chosen = chance(0.6) ? slot : undefined
          // Somebody else may have taken it meanwhile: then any time will do.
          const isTaken = (error: unknown): boolean => error instanceof Problem && error.code === 'slot-taken'
          look(
            await desk.accept(id, 'owner', chosen).catch((error: unknown) => {
              if (!isTaken(error)) throw error
              return desk.accept(id, 'owner')
            }),
          )
        }
        return again(uniform(random, 0.2, 4))
      case 'declined':
      case 'expired':
        await desk.cancel(id, 'desk', 'the owner does not want it')
        idle.add(ticket.appliance)
        return
      case 'accepted':
      case 'reopened':
        if (!chance(0.1)) return again(uniform(random, 1, 8))
        await desk.cancel(id, 'desk', 'nobody can go')
        idle.add(ticket.appliance)
        return
      case 'assigned': {
        const from = ticket.slot?.from ?? now
        if (chance(0.03)) {
          await desk.cancel(id, 'owner', 'sold')
          idle.add(ticket.appliance)
          return
        }
        if (now < from) {
          if (ticket.contactedAt === undefined && chance(0.7)) {
            look(await desk.contact(id, ticket.engineer ?? '', ''))
            did(ticket, 'contact')
          }
          return later(id, Math.max(from, now + HOUR))
        }
        if (chance(0.04)) {
          look(await desk.noShow(id, ticket.engineer ?? '', 'nobody opened'))
          return again(1)
        }
        await desk.startVisit(id, ticket.engineer ?? '')
        return again(uniform(random, 0.3, 2.5))
      }
      case 'visiting':
        if (chance(0.1)) {
          const kit = one(Object.keys(catalog.kind(ticket.kind).parts))
          await desk.waitForParts(id, ticket.engineer ?? '', [{ part: kit, quantity: 1 }], 'it lacks one')
          return again(uniform(random, 2, 30))
        }
        await desk.endVisit(id, ticket.engineer ?? '', CARD)
        return again(uniform(random, 0.05, 1))
      case 'waiting':
        return again(uniform(random, 4, 40))
      case 'completed': {
        const none = chance(0.2)
        const fitted = Object.keys(catalog.kind(ticket.kind).parts).filter(() => chance(0.15))
        await desk.close(id, ticket.engineer ?? '', {
          cause: none ? 'none' : (ticket.failureMode ?? 'unknown'),
          ...(ticket.source === 'predicted' ? { verdict: none ? ('refuted' as const) : ('confirmed' as const) } : {}),
          parts: none ? [] : fitted,
          note: '',
        })
        return again(uniform(random, 1, 30))
      }
      case 'closed':
        if (ticket.owner && !ticket.rating && ticket.ratingExpiredAt === undefined && chance(0.5)) {
          await desk.rate(id, one([3, 4, 5, 5, 5]), '')
          did(ticket, 'rating')
        }
        if (ticket.clocks.some(({ name, doneAt }) => name === 'call-back' && doneAt === undefined) && chance(0.6)) {
          const solved = !chance(0.1)
          did(ticket, 'call-back')
          look(await desk.callBack(id, 'central', solved, '', 'central'))
          if (!solved) return again(2)
        }
        if (ticket.verification === 'pending') {
          const outcome = one(['passed', 'passed', 'passed', 'failed', 'no-data'] as const)
          const row = { ticket: id, appliance: ticket.appliance, at: now, outcome, evidence: [] }
          await database.transaction((tx) => desk.verified(tx, [row]))
          if (outcome === 'failed') {
            look(await desk.get(id))
            return again(2)
          }
        }
        // Long enough that the next fault is no recall: those are tried elsewhere.
        resting.push({ appliance: ticket.appliance, at: now + 31 * DAY })
        return
      default:
        return
    }
  }

  async function step(create = true): Promise<void> {
    clock.advanceTo(clock.now() + Math.ceil(uniform(random, 20, 180)) * MINUTE)
    const now = clock.now()
    ticks.push(now)
    for (const id of await database.transaction((tx) => desk.tick(tx))) look(await desk.get(id))
    if (chance(0.004)) {
      const someone = one(crew.slice(4))
      someone.grade = one(grades) as 'A+'
      gradeOf.set(someone.id, someone.grade)
      await people.saveEngineers([someone])
    }
    while (resting[0] && resting[0].at <= now) idle.add(resting.shift()?.appliance ?? '')
    await deliver()
    if (create) await make()
    const ready = due.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
    for (const one of ready) due.splice(due.indexOf(one), 1)
    for (const { id } of ready) await act(id)
  }
  return {
    step,
    /** Nothing new is made; what lives goes on for some days. */
    async rest(): Promise<void> {
      for (const end = clock.now() + 8 * DAY; clock.now() < end; ) await step(false)
    },
    get made() {
      return made
    },
    given,
    acts,
    ticks,
  }
}
