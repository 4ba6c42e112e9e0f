import { join } from 'node:path'
import { type Millis, monotonicMs, Problem, SeededRandom } from '../../core/index.ts'
import { writeWhole } from '../../database/index.ts'
import { drawFault, type Fault, type Shape, severityOf } from '../appliances/faults.ts'
import type { Fleet } from '../appliances/fleet.ts'
import type { SimulatedAppliance } from '../appliances/simulatedAppliance.ts'
import { type ApiClient, openApiClient } from '../people/apiClient.ts'
import { Keepers } from '../people/keepers.ts'
import { People } from '../people/people.ts'
import { drawStaff } from '../people/staff.ts'
import { Supervisors } from '../people/supervisors.ts'
import { askForTests } from '../people/testConsents.ts'
import { blocks, nextStep, type Pace } from './pace.ts'
import { Publisher, readingText } from './publisher.ts'
import { type Held, readSavedWorld, type SavedWorld } from './savedWorld.ts'
import { fleetOf, newWorld, type WorldOptions } from './worldFleet.ts'

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
  const path = join(options.worldDir, 'simulator.json')
  const world = new SavedFolderWorld(options, path, (await readSavedWorld(path)) ?? newWorld(options))
  await world.open()
  return world
}

type SeenFault = Fault & { severity: number }

class SavedFolderWorld implements SimulatedWorld {
  readonly #options: WorldOptions
  readonly #path: string
  readonly #saved: SavedWorld
  readonly #api: ApiClient
  readonly #fleet: Fleet
  readonly #byId: Map<string, SimulatedAppliance>
  readonly #people: People
  readonly #keepers: Keepers
  readonly #supervisors: Supervisors
  readonly #publisher: Publisher
  readonly #held: Map<string, Held[]>
  #now: Millis
  #speed: number
  #paused: boolean
  #injected: number
  #until: Millis | 'next-event' | undefined
  /** What has changed must be saved before it is sent. */
  #saveSoon = false
  #closing = false
  #lastSeen = ''
  #running: Promise<void> = Promise.resolve()

  constructor(options: WorldOptions, path: string, saved: SavedWorld) {
    this.#options = options
    this.#path = path
    this.#saved = saved
    this.#now = saved.now
    this.#speed = saved.speed
    this.#paused = saved.paused
    this.#injected = saved.injected
    this.#api = openApiClient(options.apiUrl, options.token)
    this.#fleet = fleetOf(options, saved)
    this.#byId = new Map(this.#fleet.appliances.map((appliance) => [appliance.registration.id, appliance]))
    this.#people = new People(
      {
        seed: saved.seed,
        api: this.#api,
        faultsOf: (id) => this.#byId.get(id)?.faults ?? [],
        changed: () => {
          this.#saveSoon = true
        },
      },
      saved.people,
    )
    const { depots, depotOf } = drawStaff(saved.seed)
    this.#keepers = new Keepers(this.#api, depots, depotOf)
    this.#supervisors = new Supervisors(this.#api)
    this.#publisher = new Publisher(options.mqttUrl)
    this.#held = new Map(Object.entries(saved.held ?? {}))
  }

  async open(): Promise<void> {
    await this.#registerStaff()
    await this.#registerAppliances()
    await this.#publisher.connect(
      this.#fleet.appliances.map(({ registration: { id, kind } }) => ({
        id,
        kind,
        password: this.#saved.credentials[id] ?? '',
      })),
    )
    this.#running = this.#loop()
  }
  status(): ReturnType<SimulatedWorld['status']> {
    return {
      appliances: this.#fleet.appliances.length,
      speed: this.#speed,
      paused: this.#paused && this.#until === undefined,
      now: this.#now,
      ...(this.#until === undefined ? {} : { until: this.#until }),
      ...(this.#now < this.#saved.lapseTo
        ? {
            lapse: {
              from: this.#saved.start,
              to: this.#saved.lapseTo,
              progress: (this.#now - this.#saved.start) / (this.#saved.lapseTo - this.#saved.start),
            },
          }
        : {}),
    }
  }
  set(change: Parameters<SimulatedWorld['set']>[0]): void {
    if (change.speed !== undefined) this.#speed = change.speed
    if (change.paused !== undefined) {
      this.#paused = change.paused
      if (this.#paused) this.#until = undefined
    }
    if (change.until !== undefined) {
      this.#until = change.until
      this.#lastSeen = ''
    }
    this.#saveSoon = true
  }
  inject({ appliance, failureMode, days, shape }: Parameters<SimulatedWorld['inject']>[0]): SeenFault {
    const simulated = this.#byId.get(appliance)
    if (!simulated) {
      throw new Problem({
        code: 'not-simulated',
        message: `'${appliance}' is not simulated.`,
        remedy: 'Choose one of the simulated appliances.',
        concerns: appliance,
        status: 404,
      })
    }
    const random = new SeededRandom(this.#saved.seed, `injected/${++this.#injected}`)
    const fault = drawFault(simulated.kind, appliance, failureMode, this.#now, random, {
      ...(days === undefined ? {} : { days }),
      ...(shape === undefined ? {} : { shape }),
    })
    simulated.inject(fault)
    this.#saveSoon = true
    return this.#withSeverity(fault)
  }
  faults(): SeenFault[] {
    return this.#fleet.appliances
      .flatMap(({ faults }) => faults.filter(({ onset }) => onset <= this.#now))
      .sort((a, b) => b.onset - a.onset)
      .map((fault) => this.#withSeverity(fault))
  }
  async close(): Promise<void> {
    this.#closing = true
    await Promise.race([this.#running, pause(5_000)])
    await this.#publisher.close()
    await this.#save()
  }

  #pace(): Pace {
    return {
      now: this.#now,
      lapseTo: this.#saved.lapseTo,
      speed: this.#speed,
      paused: this.#paused,
      ...(this.#until === undefined ? {} : { until: this.#until }),
    }
  }
  #withSeverity(fault: Fault): SeenFault {
    return { ...fault, severity: severityOf(fault, this.#now) }
  }
  async #save(): Promise<void> {
    const state: SavedWorld = {
      ...this.#saved,
      now: this.#now,
      speed: this.#speed,
      paused: this.#paused,
      injected: this.#injected,
      appliances: Object.fromEntries(this.#fleet.appliances.map((one) => [one.registration.id, one.state()])),
      people: this.#people.state(),
      held: Object.fromEntries(this.#held),
    }
    await writeWhole(this.#path, JSON.stringify(state), 0o600)
  }

  async #registerStaff(): Promise<void> {
    const { engineers, depots } = drawStaff(this.#saved.seed)
    if (!this.#saved.staffed) {
      await this.#api.call('POST', '/api/depots', depots)
      await this.#api.call('POST', '/api/engineers', engineers)
      this.#saved.staffed = true
    }
  }
  /** Each once; new ones when the number grew, and where it shrank, some retire. */
  async #registerAppliances(): Promise<void> {
    for (const id of Object.keys(this.#saved.credentials).filter((id) => !this.#byId.has(id))) {
      await this.#api.call('DELETE', `/api/appliances/${id}`)
      delete this.#saved.credentials[id]
    }
    const fresh = this.#fleet.appliances.filter(
      ({ registration }) => !Object.hasOwn(this.#saved.credentials, registration.id),
    )
    for (let i = 0; i < fresh.length; i += 1_000) {
      const some = fresh.slice(i, i + 1_000).map(({ registration }) => registration)
      const made = await this.#api.call<{ id: string; mqtt: { password?: string } }[]>('POST', '/api/appliances', some)
      for (const { id, mqtt } of made) {
        // Known there and not here: an earlier start ended in between.
        this.#saved.credentials[id] =
          mqtt.password ??
          (await this.#api.call<{ mqtt: { password: string } }>('POST', `/api/appliances/${id}/credentials`)).mqtt
            .password
      }
      await askForTests(this.#api, some, this.#saved.seed)
      await this.#save()
    }
  }

  /** Publishes everything that arrives up to `to`. What was overtaken, or kept over a gap, comes when its time comes. */
  async #advance(to: Millis): Promise<void> {
    this.#hearCommands()
    for (const appliance of this.#fleet.appliances) {
      const { id, kind } = appliance
      const { metricNames } = this.#options.catalog.kind(kind)
      const late: Held[] = this.#held.get(id) ?? []
      while (appliance.nextAt() <= to) {
        if (!appliance.next()) continue
        const text = readingText(appliance, metricNames)
        if (appliance.arrivesAt > appliance.trueTs) late.push({ at: appliance.arrivesAt, text })
        else for (let copy = 0; copy < appliance.copies; copy++) this.#publisher.add(id, text)
      }
      for (const event of appliance.takeEvents()) this.#publisher.tell(id, event)
      for (const answer of appliance.takeAnswers()) this.#publisher.answer(id, answer)
      if (late.length === 0) continue
      for (const { at, text } of late) if (at <= to) this.#publisher.add(id, text)
      const later = late.filter(({ at }) => at > to)
      if (later.length > 0) this.#held.set(id, later)
      else this.#held.delete(id)
    }
    this.#now = to
    await this.#publisher.flush()
  }

  /** Tests begin with the next reading; whatever else appliances are told they cannot do. */
  #hearCommands(): void {
    for (const { appliance, id, type, params } of this.#publisher.takeCommands()) {
      if (type === 'test' && params.test !== undefined) this.#byId.get(appliance)?.test({ id, test: params.test })
      else if (type === 'test') this.#publisher.answer(appliance, { id, result: 'refused', detail: 'cannot' })
    }
  }

  /** Waits until the product has kept up: everything acknowledged, and little left to score. */
  async #keptUp(most: number): Promise<void> {
    await this.#publisher.settled()
    while (!this.#closing) {
      const { waitingBytes } = await this.#api
        .call<{ waitingBytes: number }>('GET', '/api/ingest')
        .catch(() => ({ waitingBytes: 0 }))
      if (waitingBytes <= most) return
      await pause(50)
    }
  }

  async #everybody(): Promise<number> {
    const appliances = this.#fleet.appliances.map(({ registration: { id }, faults }) => ({ id, faults }))
    // What keepers move, and whom supervisors hear, is no event that anybody waits for.
    await this.#keepers.act(this.#now).catch(() => 0)
    await this.#supervisors.act(this.#now).catch(() => {})
    return this.#people.act(this.#now, appliances).catch(() => 0)
  }

  async #loop(): Promise<void> {
    let lastSave = monotonicMs()
    let lastPeople = Number.NEGATIVE_INFINITY
    let lastTick = monotonicMs()
    while (!this.#closing) {
      if (this.#saveSoon || monotonicMs() - lastSave > SAVE_EVERY_MS) {
        // Before going on: what a repair or an injected fault changes must not be forgotten once it has been sent.
        // And what is saved as sent must be safe with the product: readings after it are made and sent again.
        await this.#publisher.settled()
        this.#saveSoon = false
        await this.#save()
        lastSave = monotonicMs()
      }
      const step = nextStep(this.#pace(), monotonicMs() - lastTick)
      if (step.kind === 'run') {
        lastTick = monotonicMs()
        for (const at of blocks(this.#now, step.to)) {
          await this.#advance(at)
          if (step.lag !== null) await this.#keptUp(step.lag)
          if (this.#closing || this.#saveSoon) break
        }
      }
      let acted = 0
      if ((step.kind === 'run' && step.fast) || monotonicMs() - lastPeople > PEOPLE_EVERY_MS) {
        acted = await this.#everybody()
        lastPeople = monotonicMs()
      }
      if (step.kind === 'run' && step.fast) {
        lastTick = monotonicMs()
        if (typeof this.#until === 'number' && this.#now >= this.#until) this.#stop()
        if (this.#until === 'next-event' && (acted > 0 || (await this.#somethingHappened()))) this.#stop()
      } else await pause(TICK_MS)
      if (this.#paused) lastTick = monotonicMs()
    }
  }
  #stop(): void {
    this.#until = undefined
    this.#paused = true
    this.#saveSoon = true
  }
  async #somethingHappened(): Promise<boolean> {
    const { items } = await this.#api
      .call<{ items: { id: string; state: string; history: unknown[] }[] }>('GET', '/api/tickets?limit=200')
      .catch(() => ({ items: [] }))
    const seen = items.map(({ id, state, history }) => `${id}${state}${history.length}`).join()
    const happened = this.#lastSeen !== '' && seen !== this.#lastSeen
    this.#lastSeen = seen
    return happened
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
