import { Worker } from 'node:worker_threads'
import type { Catalog } from '../../catalog/index.ts'
import {
  DAY,
  distanceKm,
  HOUR,
  type Location,
  ManualClock,
  MINUTE,
  type Millis,
  type Registration,
  type Ticket,
} from '../../core/index.ts'
import type { Policy } from '../../service/index.ts'
import {
  askForTests,
  CrewDays,
  createFleet,
  DeskCalls,
  drawStaff,
  type Fault,
  Hardships,
  Keepers,
  People,
  Roster,
  Supervisors,
} from '../../simulator/index.ts'
import { type CaredYear, openCaredYear } from './caredYear.ts'
import { NearestDispatcher } from './nearestDispatcher.ts'
import { undoMarks } from './undoMarks.ts'
import { openYearService } from './yearService.ts'
import type { YearShare, YearStep, YearStepDone } from './yearWorker.ts'

export interface YearOptions {
  catalog: Catalog
  /** What differs from the policy as shipped. */
  rules: Partial<Policy>
  modelsDir: string
  appliances: number
  days: number
  seed: number
  start: Millis
  faultsPerYear: number
  /** Readings are so many times farther apart than live. */
  coarse: number
  threads: number
  /** Without it nobody foresees anything: owners call when it has failed. */
  watched: boolean
  /** Each job is given to the nearest engineer by hand. */
  nearest?: boolean
  /** What visits taught is taken back each day. */
  learnsNothing?: boolean
  /** Owners are reminded and told, and are members. */
  cared?: boolean
  progress?: (share: number) => void
}

/** All that happened: what to count is the report's. */
export interface Year {
  tickets: (Ticket & {
    minutes: number
    supply?: unknown
    rating?: { stars: number }
    reopened?: number
    test?: { result?: string }
  })[]
  faults: Fault[]
  engineers: number
  /** Appliances in the zone of mobile vans. */
  inVanZone: ReadonlySet<string>
  readings: number
  /** In force at its end. */
  policy: Policy
  care?: CaredYear
}

const STEP_HOURS = 2
/** Mobile vans serve the middle of one region: somebody is there within two hours of its working day. */
const vanZone = {
  id: 'van',
  text: { en: 'Mobile vans', zh: '移动服务车' },
  around: { lat: 53.55, lon: 9.99 },
  withinKm: 6,
}
const isInVanZone = (place: Location | undefined): boolean =>
  place !== undefined && distanceKm(place, vanZone.around) <= vanZone.withinKm
/** From the command of a test to what it showed: before the desk stops waiting for it. */
const TESTED_AFTER = 40 * MINUTE

/** A year of service on the virtual clock: physics and detection in threads, the desk and its people here. */
export async function runYear(options: YearOptions): Promise<Year> {
  const { catalog, rules, seed, start, days, coarse, threads } = options
  const each = Math.ceil(options.appliances / 3)
  const fleetOptions = {
    seed,
    kinds: { fridge: each, washer: each, ac: options.appliances - 2 * each },
    start,
    faults: 'drawn' as const,
    faultsPerYear: options.faultsPerYear,
    soundDays: 28,
    nuisances: true,
    // Where nobody watches, readings only carry the physics of faults.
    coarse: options.watched ? coarse : 3 * coarse,
  }
  const clock = new ManualClock(start)
  const desk = await openYearService(catalog, { ...rules, zones: [vanZone] }, clock)
  const shares = await Promise.all(
    Array.from({ length: threads }, (_, nth) =>
      openShare({
        fleet: fleetOptions,
        nth,
        of: threads,
        stepHours: STEP_HOURS,
        modelsDir: options.modelsDir,
        watched: options.watched,
      }),
    ),
  )
  try {
    const hardships = new Hardships(seed)
    const { engineers, depots, depotOf } = drawStaff(seed)
    await desk.api.call('POST', '/api/depots', depots)
    await desk.api.call('POST', '/api/engineers', engineers)
    const registrations = createFleet({ ...fleetOptions, catalog }).appliances.map(({ registration }) =>
      hardships.onlyTelephone(registration.homeId ?? registration.id) ? withTelephone(registration) : registration,
    )
    const places = new Map(registrations.map(({ id, location }) => [id, location]))
    const placeOf = (appliance: string): Location | undefined => places.get(appliance)
    await desk.register(registrations)
    await askForTests(desk.api, registrations, seed)
    const faults = new Map<string, Fault[]>()
    const known = new Map<string, (number | undefined)[]>()
    const repairs: YearStep['repairs'] = []
    const chores: YearStep['chores'] = []
    const roster = new Roster(desk.api, engineers, hardships)
    const crew = new CrewDays({ engineers, placeOf, awayUntil: (engineer, at) => roster.awayUntil(engineer, at) })
    const people = new People({
      seed,
      api: desk.api,
      crew,
      faultsOf: (id) => faults.get(id) ?? [],
      changed: () => {
        for (const [appliance, list] of faults) {
          for (const [nth, { repairedAt }] of list.entries()) {
            const was = known.get(appliance)
            if (repairedAt === undefined || was?.[nth] !== undefined) continue
            known.set(appliance, Object.assign(was ?? [], { [nth]: repairedAt }))
            repairs.push({ appliance, nth, at: repairedAt })
          }
        }
      },
    })
    const keepers = new Keepers(desk.api, depots, depotOf, (part, now) => !hardships.isShort(part, now))
    const supervisors = new Supervisors(desk.api)
    const calls = new DeskCalls(desk.api, seed)
    const nearest = options.nearest ? new NearestDispatcher(desk.api, engineers, placeOf) : undefined
    const care = options.cared
      ? await openCaredYear(desk, {
          seed,
          appliances: registrations,
          faultsOf: (id) => faults.get(id) ?? [],
          clean: (appliance, chore, well) => chores.push({ appliance, chore, care: well }),
        })
      : undefined
    let [readings, helped] = [0, 0]
    for (let at = start + STEP_HOURS * HOUR; at <= start + days * DAY; at += STEP_HOURS * HOUR) {
      const step: YearStep = {
        to: at,
        controls: await desk.takeControls(),
        repairs: repairs.splice(0),
        tests: await desk.takeTests(),
        chores: chores.splice(0),
      }
      const done = await Promise.all(shares.map((share) => share.advance(step)))
      for (const { faults: changed, readings: count, ...more } of done) {
        readings += count
        helped += more.helped
        if (care) desk.care.hear(more.found)
        for (const one of changed) faults.set(one.appliance, mergeRepairs(one.faults, known.get(one.appliance)))
      }
      const answers = done.flatMap((share) => share.answers)
      if (answers.length > 0) clock.advanceTo(at - STEP_HOURS * HOUR + TESTED_AFTER)
      for (const answer of answers) await desk.desk.commandAnswered(answer)
      // People live through the hours of the step, and what detection says is heard at its end.
      for (let hour = at - (STEP_HOURS - 1) * HOUR; hour <= at; hour += HOUR) {
        clock.advanceTo(hour)
        await roster.act(hour)
        await keepers.act(hour)
        await supervisors.act(hour)
        await calls.act(hour)
        await nearest?.act(hour)
        if (options.learnsNothing && hour % DAY === 0) await undoMarks(desk.api)
        await people.act(
          hour,
          [...faults].map(([id, list]) => ({ id, faults: list })),
        )
        await care?.act(hour)
        await desk.decide(
          hour === at
            ? {
                detections: done.flatMap(({ output }) => output.detections),
                verifications: done.flatMap(({ output }) => output.verifications),
                health: done.flatMap(({ output }) => output.health),
              }
            : { detections: [], verifications: [], health: [] },
        )
      }
      options.progress?.((at - start) / (days * DAY))
    }
    const tickets: Year['tickets'] = []
    for (let cursor: string | undefined; ; ) {
      const page = await desk.desk.list({ limit: 1_000, ...(cursor ? { cursor } : {}) })
      tickets.push(...page.items)
      cursor = page.next
      if (!cursor) break
    }
    return {
      tickets,
      faults: [...faults.values()].flat(),
      engineers: engineers.length,
      inVanZone: new Set(registrations.flatMap(({ id, location }) => (isInVanZone(location) ? [id] : []))),
      readings,
      policy: { ...desk.policy },
      ...(care ? { care: await care.figures(helped) } : {}),
    }
  } finally {
    await Promise.all(shares.map((share) => share.close()))
    await desk.close()
  }
}

/** An owner to whom nothing can be written, with a number of the home's own: who shares one is one person to the desk. */
function withTelephone(registration: Registration): Registration {
  const { owner, homeId = '' } = registration
  const number = `+4930${homeId.replace(/\D/g, '').padStart(7, '2')}`
  return owner ? { ...registration, owner: { ...owner, contact: number } } : registration
}

/** The thread's own list is a step behind with repairs. */
const mergeRepairs = (faults: Fault[], repaired: (number | undefined)[] = []): Fault[] =>
  faults.map((fault, nth) => {
    const at = repaired[nth]
    return at === undefined ? fault : { ...fault, repairedAt: at }
  })

async function openShare(share: YearShare) {
  const worker = new Worker(new URL('./yearWorker.ts', import.meta.url), { workerData: share })
  const answer = <T>(): Promise<T> =>
    new Promise((resolve, reject) => {
      const failed = (error: Error): void => reject(error)
      worker.once('error', failed)
      worker.once('message', (message: T) => {
        worker.off('error', failed)
        resolve(message)
      })
    })
  await answer<string>()
  return {
    advance(step: YearStep): Promise<YearStepDone> {
      const done = answer<YearStepDone>()
      worker.postMessage(step)
      return done
    },
    close: () => worker.terminate(),
  }
}
