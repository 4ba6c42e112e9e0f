import { join } from 'node:path'
import type { Catalog } from '../../catalog/index.ts'
import { type Clock, DAY, MINUTE, type Millis, monotonicMs, Problem, SeededRandom } from '../../core/index.ts'
import { writeWhole } from '../../database/index.ts'
import { drawFault, type Fault, type Shape, severityOf } from '../appliances/faults.ts'
import { createFleet } from '../appliances/fleet.ts'
import type { SimulatedAppliance } from '../appliances/simulatedAppliance.ts'
import { openApiClient } from '../people/apiClient.ts'
import { Keepers } from '../people/keepers.ts'
import { People } from '../people/people.ts'
import { drawStaff } from '../people/staff.ts'
import { Supervisors } from '../people/supervisors.ts'
import { blocks, nextStep } from './pace.ts'
import { Publisher, readingText } from './publisher.ts'
import { type Held, readSavedWorld, type SavedWorld } from './savedWorld.ts'

export interface WorldOptions {
  worldDir: string
  catalog: Catalog
  seed: number
  appliances: number
  /** Simulated seconds per second. */
  speed: number
  /** A new world begins this many days ago, and runs as fast as it can until now. */
  days: number
  mqttUrl: string
  apiUrl: string
  token: string
  /** The machine's time: where the time-lapse ends. */
  wall: Clock
}

export interface SimulatedWorld {
  status(): {
    appliances: number
    speed: number
    paused: boolean
    now: Millis
    until?: Millis | 'next-event'
    lapse?: { from: Millis; to: Millis; progress: number }
  }
  set(change: { speed?: number; paused?: boolean; until?: Millis | 'next-event' }): void
  inject(wish: { appliance: string; failureMode: string; days?: number; shape?: Shape }): Fault & { severity: number }
  faults(): (Fault & { severity: number })[]
  close(): Promise<void>
}

const TICK_MS = 250
const SAVE_EVERY_MS = 20_000
const PEOPLE_EVERY_MS = 1_000

/** Opens the world of a folder: a new one, or the one that was there, which goes on where it stopped. */
export async function openSimulatedWorld(options: WorldOptions): Promise<SimulatedWorld> {
  const { seed, catalog, worldDir } = options
  const path = join(worldDir, 'simulator.json')
  const api = openApiClient(options.apiUrl, options.token)
  const wallNow = options.wall.now()
  const saved: SavedWorld = (await readSavedWorld(path)) ?? {
    seed,
    start: Math.floor((wallNow - options.days * DAY) / MINUTE) * MINUTE,
    now: Math.floor((wallNow - options.days * DAY) / MINUTE) * MINUTE,
    lapseTo: Math.floor(wallNow / MINUTE) * MINUTE,
    speed: options.speed,
    paused: false,
    injected: 0,
    staffed: false,
    credentials: {},
    appliances: {},
    people: { due: [], done: [] },
  }
  let { now, speed, paused, injected } = saved
  let until: Millis | 'next-event' | undefined
  const count = options.appliances
  const fridge = Math.ceil(count * 0.4)
  const washer = Math.ceil((count - fridge) / 2)
  const fleet = createFleet({
    seed: saved.seed,
    catalog,
    kinds: { fridge, washer, ac: count - fridge - washer },
    start: saved.start,
    faults: 'drawn',
    nuisances: true,
    faultsPerYear: 1.8,
    soundDays: 9,
    bursts: true,
  })
  const byId = new Map(fleet.appliances.map((appliance) => [appliance.registration.id, appliance]))
  for (const appliance of fleet.appliances) {
    const state = saved.appliances[appliance.registration.id]
    if (state) appliance.restore(state)
    else catchUp(appliance, now)
  }
  const people = new People(
    {
      seed: saved.seed,
      api,
      faultsOf: (id) => byId.get(id)?.faults ?? [],
      changed: () => {
        saveSoon = true
      },
    },
    saved.people,
  )
  const publisher = new Publisher(options.mqttUrl)
  const held = new Map(Object.entries(saved.held ?? {}))
  let saveSoon = false
  let closing = false

  const save = async (): Promise<void> => {
    const state: SavedWorld = {
      ...saved,
      now,
      speed,
      paused,
      injected,
      appliances: Object.fromEntries(fleet.appliances.map((one) => [one.registration.id, one.state()])),
      people: people.state(),
      held: Object.fromEntries(held),
    }
    await writeWhole(path, JSON.stringify(state), 0o600)
  }

  // People and appliances are registered once; new appliances when the number grew, fewer retire.
  const { engineers, depots, depotOf } = drawStaff(saved.seed)
  const keepers = new Keepers(api, depots, depotOf)
  const supervisors = new Supervisors(api)
  if (!saved.staffed) {
    await api.call('POST', '/api/depots', depots)
    await api.call('POST', '/api/engineers', engineers)
    saved.staffed = true
  }
  for (const id of Object.keys(saved.credentials).filter((id) => !byId.has(id))) {
    await api.call('DELETE', `/api/appliances/${id}`)
    delete saved.credentials[id]
  }
  const fresh = fleet.appliances.filter(({ registration }) => !Object.hasOwn(saved.credentials, registration.id))
  for (let i = 0; i < fresh.length; i += 1_000) {
    const some = fresh.slice(i, i + 1_000).map(({ registration }) => registration)
    const made = await api.call<{ id: string; mqtt: { password?: string } }[]>('POST', '/api/appliances', some)
    for (const { id, mqtt } of made) {
      // Known there and not here: an earlier start ended in between.
      saved.credentials[id] =
        mqtt.password ??
        (await api.call<{ mqtt: { password: string } }>('POST', `/api/appliances/${id}/credentials`)).mqtt.password
    }
    await save()
  }
  await publisher.connect(
    fleet.appliances.map(({ registration: { id, kind } }) => ({ id, kind, password: saved.credentials[id] ?? '' })),
  )

  /** Publishes everything that arrives up to `to`. What was overtaken, or kept over a gap, comes when its time comes. */
  async function advance(to: Millis): Promise<void> {
    for (const appliance of fleet.appliances) {
      const { id, kind } = appliance
      const { metricNames } = catalog.kind(kind)
      const late: Held[] = held.get(id) ?? []
      while (appliance.nextAt() <= to) {
        if (!appliance.next()) continue
        const text = readingText(appliance, metricNames)
        if (appliance.arrivesAt > appliance.trueTs) late.push({ at: appliance.arrivesAt, text })
        else for (let copy = 0; copy < appliance.copies; copy++) publisher.add(id, text)
      }
      for (const event of appliance.takeEvents()) publisher.tell(id, event)
      if (late.length === 0) continue
      for (const { at, text } of late) if (at <= to) publisher.add(id, text)
      const later = late.filter(({ at }) => at > to)
      if (later.length > 0) held.set(id, later)
      else held.delete(id)
    }
    now = to
    await publisher.flush()
  }

  /** Waits until the product has kept up: everything acknowledged, and little left to score. */
  async function keptUp(most: number): Promise<void> {
    await publisher.settled()
    while (!closing) {
      const { waitingBytes } = await api
        .call<{ waitingBytes: number }>('GET', '/api/ingest')
        .catch(() => ({ waitingBytes: 0 }))
      if (waitingBytes <= most) return
      await pause(50)
    }
  }

  async function everybody(): Promise<number> {
    const appliances = fleet.appliances.map(({ registration: { id }, faults }) => ({ id, faults }))
    // What keepers move, and whom supervisors hear, is no event that anybody waits for.
    await keepers.act(now).catch(() => 0)
    await supervisors.act(now).catch(() => {})
    return people.act(now, appliances).catch(() => 0)
  }

  async function loop(): Promise<void> {
    let lastSave = monotonicMs()
    let lastPeople = Number.NEGATIVE_INFINITY
    let lastTick = monotonicMs()
    while (!closing) {
      if (saveSoon || monotonicMs() - lastSave > SAVE_EVERY_MS) {
        // Before going on: what a repair or an injected fault changes must not be forgotten once it has been sent.
        // And what is saved as sent must be safe with the product: readings after it are made and sent again.
        await publisher.settled()
        saveSoon = false
        await save()
        lastSave = monotonicMs()
      }
      const step = nextStep({ now, lapseTo: saved.lapseTo, speed, paused, until }, monotonicMs() - lastTick)
      if (step.kind === 'run') {
        lastTick = monotonicMs()
        for (const at of blocks(now, step.to)) {
          await advance(at)
          if (step.lag !== null) await keptUp(step.lag)
          if (closing || saveSoon) break
        }
      }
      let acted = 0
      if ((step.kind === 'run' && step.fast) || monotonicMs() - lastPeople > PEOPLE_EVERY_MS) {
        acted = await everybody()
        lastPeople = monotonicMs()
      }
      if (step.kind === 'run' && step.fast) {
        lastTick = monotonicMs()
        if (typeof until === 'number' && now >= until) stop()
        if (until === 'next-event' && (acted > 0 || (await somethingHappened()))) stop()
      } else await pause(TICK_MS)
      if (paused) lastTick = monotonicMs()
    }
  }
  function stop(): void {
    until = undefined
    paused = true
    saveSoon = true
  }
  let lastSeen = ''
  async function somethingHappened(): Promise<boolean> {
    const { items } = await api
      .call<{ items: { id: string; state: string; history: unknown[] }[] }>('GET', '/api/tickets?limit=200')
      .catch(() => ({ items: [] }))
    const seen = items.map(({ id, state, history }) => `${id}${state}${history.length}`).join()
    const happened = lastSeen !== '' && seen !== lastSeen
    lastSeen = seen
    return happened
  }

  const running = loop()
  const withSeverity = (fault: Fault) => ({ ...fault, severity: severityOf(fault, now) })
  return {
    status: () => ({
      appliances: fleet.appliances.length,
      speed,
      paused: paused && until === undefined,
      now,
      ...(until === undefined ? {} : { until }),
      ...(now < saved.lapseTo
        ? {
            lapse: {
              from: saved.start,
              to: saved.lapseTo,
              progress: (now - saved.start) / (saved.lapseTo - saved.start),
            },
          }
        : {}),
    }),
    set(change) {
      if (change.speed !== undefined) speed = change.speed
      if (change.paused !== undefined) {
        paused = change.paused
        if (paused) until = undefined
      }
      if (change.until !== undefined) {
        until = change.until
        lastSeen = ''
      }
      saveSoon = true
    },
    inject({ appliance, failureMode, days, shape }) {
      const simulated = byId.get(appliance)
      if (!simulated) {
        throw new Problem({
          code: 'not-simulated',
          message: `'${appliance}' is not simulated.`,
          remedy: 'Choose one of the simulated appliances.',
          concerns: appliance,
          status: 404,
        })
      }
      const random = new SeededRandom(saved.seed, `injected/${++injected}`)
      const fault = drawFault(simulated.kind, appliance, failureMode, now, random, {
        ...(days === undefined ? {} : { days }),
        ...(shape === undefined ? {} : { shape }),
      })
      simulated.inject(fault)
      saveSoon = true
      return withSeverity(fault)
    },
    faults: () =>
      fleet.appliances
        .flatMap(({ faults }) => faults.filter(({ onset }) => onset <= now))
        .sort((a, b) => b.onset - a.onset)
        .map(withSeverity),
    async close() {
      closing = true
      await Promise.race([running, pause(5_000)])
      await publisher.close()
      await save()
    },
  }
}

/** An appliance that joins a running world was there all along, unheard. */
function catchUp(appliance: SimulatedAppliance, now: Millis): void {
  while (appliance.nextAt() <= now) appliance.next()
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
