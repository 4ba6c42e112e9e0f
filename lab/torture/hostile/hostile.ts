// Everything that the field sends and nobody should: frames and calls by a grammar, beside a fleet that behaves. The
// program must not end, must not answer for its own faults, must come back clean from a kill at any point, and the fleet's
// readings, alerts and tickets must be those of an undisturbed run.
import { spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { constants, getPriority, setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { loadCatalog } from '../../../catalog/index.ts'
import { Problem, SeededRandom } from '../../../core/index.ts'
import { readTable } from '../../../ingest/index.ts'
import { type FleetOutcome, fleetOutcome, playFaulty } from '../../../test/faultyFleet.ts'
import { newDataDir, type Program, removeDataDir } from '../../../test/program.ts'
import { Behaved } from '../behaved.ts'
import { imbalance } from '../checkLoad.ts'
import { asVersion, atMost, exactly, type Finding } from '../finding.ts'
import { compareFleets, type PreparedFleet, publisher } from '../fleetUnderFault.ts'
import { residentMb } from '../malformed.ts'
import type { Version } from '../rawClient.ts'
import { Supervised } from '../supervised.ts'
import { drawCsv, drawKindFile, routesOf } from './hostileCalls.ts'
import type { HostileOrders, HostileOutcome } from './hostileProcess.ts'

export interface HostileOptions {
  /** Frames and calls together, files besides. */
  frames: number
  kills: number
  seed: number
  version?: Version
  progress?: (line: string) => void
}

/** Of all frames, those before the first kill: there memory and times are measured. */
const UNDISTURBED = 0.75
/** Of all frames, those before the memory is looked at first: a program at work holds more than one just started. */
const WARM_UP = 0.1
const CALLERS = 2
const MINUTE_MS = 60_000
const LOOK_MS = 500

export async function hostile(options: HostileOptions, prepared: PreparedFleet): Promise<Finding[]> {
  const { frames, kills, seed, version = 4, progress } = options
  const fault = `${frames.toLocaleString('en')} hostile frames and calls${asVersion(version)}, seed ${seed}`
  const random = new SeededRandom(seed, 'hostile')
  const files = await hostileFiles(Math.ceil(frames / 20), random)
  const dataDir = await newDataDir()
  await cp(prepared.dataDir, dataDir, { recursive: true })
  const world = await Supervised.start(dataDir)
  try {
    const orders = await register(world, {
      frames,
      seed,
      version,
      others: prepared.fleet.registrations.map(({ id }) => id),
    })
    const good = await registerGood(world)
    const behaved = await Behaved.connect({ port: world.mqttPort, ...good, version })
    const attack = new Attack(orders)
    const publish = publisher(world, prepared.passwords)
    const fleet = playFaulty(prepared.fleet, publish, undefined, async (share) => {
      await attack.reaches(share * 0.97)
    })

    await attack.reaches(WARM_UP)
    behaved.begin()
    const memory: { at: number; mb: number }[] = []
    while (attack.share < UNDISTURBED && world.endedByItself === 0) {
      memory.push({ at: performance.now(), mb: residentMb(world.program.pid) })
      await wait(LOOK_MS)
    }
    const { sent, p99Ms, failed } = await behaved.end()
    behaved.close()
    for (let kill = 1; kill <= kills; kill++) {
      await attack.reaches(UNDISTURBED + ((1 - UNDISTURBED) * kill) / (kills + 1))
      await world.kill()
      const added = await addKind(dataDir, random)
      await world.start()
      progress?.(`kill ${kill}: ${attack.done.toLocaleString('en')} sent${added ? ', a kind added' : ''}`)
    }
    const outcome = await attack.ended
    await fleet
    progress?.(
      `${JSON.stringify({ ...outcome, serverErrors: outcome.serverErrors.length })}, ${sent} good ones meanwhile`,
    )
    for (const line of outcome.serverErrors) progress?.(line)
    const found = await fleetOutcome(world.program, 600_000)
    const unprocessable = found.balance.readings.quarantined.unprocessable ?? 0
    const counted = {
      ...found.balance,
      readings: { ...found.balance.readings, stored: await fleetStored(world.program, prepared) },
    }
    return [
      exactly(fault, 'frames and calls sent', frames, Math.min(frames, outcome.frames + outcome.calls)),
      exactly(fault, 'answers 500', 0, outcome.serverErrors.length),
      exactly(fault, 'files that ended otherwise than read or refused', 0, files.wrong.length),
      exactly(fault, 'a good client’s messages not acknowledged', 0, failed),
      exactly(fault, 'set aside as unprocessable', 0, unprocessable),
      exactly(fault, 'received − stored − duplicates − quarantined', 0, imbalance(found.balance.readings)),
      atMost(fault, 'p99 of a well-behaved client meanwhile', 50, p99Ms, 'ms'),
      atMost(fault, 'resident memory, first minute to last', 64, growth(memory), 'MB'),
      ...compareFleets(
        fault,
        prepared.undisturbed,
        of(prepared, { ...found, balance: counted }),
        world.endedByItself,
      ).filter(({ figure }) => !figure.startsWith('fleet: received')),
      exactly(fault, 'exit code of an orderly end', 0, (await world.stop()) ?? -1),
    ]
  } finally {
    await world.stop()
    await removeDataDir(dataDir)
  }
}

/** What concerns the fleet; the hostile ones have alerts and tickets of their own. */
function of({ fleet }: PreparedFleet, { balance, alerts, tickets }: FleetOutcome): FleetOutcome {
  const ids = new Set(fleet.registrations.map(({ id }) => id))
  const isOurs = ({ appliance }: { appliance?: string }): boolean => ids.has(appliance ?? '')
  return { balance, alerts: alerts.filter(isOurs), tickets: (tickets as { appliance?: string }[]).filter(isOurs) }
}

async function fleetStored(program: Program, { fleet }: PreparedFleet): Promise<number> {
  let stored = 0
  for (const { id } of fleet.registrations) {
    const path = `/api/appliances/${id}/telemetry?from=${Date.UTC(2026, 0, 1)}&to=${Date.UTC(2027, 0, 1)}&points=1000000`
    stored += (await program.call<{ ts: number[] }>('GET', `${path}&metrics=power`)).ts.length
  }
  return stored
}

/** The median of the first minute that was looked at, and of the last. */
function growth(memory: { at: number; mb: number }[]): number {
  const [first, last] = [memory[0]?.at ?? 0, memory.at(-1)?.at ?? 0]
  const median = (of: { mb: number }[]): number => of.map(({ mb }) => mb).sort((a, b) => a - b)[of.length >> 1] ?? 0
  const span = Math.min(MINUTE_MS, (last - first) / 3)
  return median(memory.filter(({ at }) => at > last - span)) - median(memory.filter(({ at }) => at < first + span))
}

async function register(
  world: Supervised,
  more: Pick<HostileOrders, 'frames' | 'seed' | 'version' | 'others'>,
): Promise<HostileOrders> {
  const { program } = world
  const kinds = ['fridge', 'washer', 'ac', 'fridge'] as const
  const ids = kinds.map((kind, i) => `hostile-${kind}-${i}`)
  const called = ['called-fridge', 'called-washer']
  const body = (id: string, kind: string) => ({ id, kind, model: 'hostile' })
  const made = await program.call<{ id: string; mqtt: { password: string } }[]>('POST', '/api/appliances', [
    ...kinds.map((kind, i) => body(ids[i]!, kind)),
    body(called[0]!, 'fridge'),
    body(called[1]!, 'washer'),
  ])
  // The last one is spoken for by a gateway.
  const gateway = await program.call<{ mqtt: { password: string } }>('POST', '/api/gateways', {
    id: 'hostile-gateway',
    appliances: [ids[3]],
  })
  const ticket = await program.call<{ id: string }>('POST', `/api/appliances/${called[0]}/report`, { text: 'it hums' })
  const catalog = loadCatalog()
  const openApi = await program.call<Parameters<typeof routesOf>[0]>('GET', '/openapi.json')
  return {
    ...more,
    mqttPort: world.mqttPort,
    url: program.url,
    token: program.token,
    senders: kinds.map((kind, i) => ({
      id: ids[i]!,
      kind,
      metrics: catalog.kind(kind).metricNames,
      mayRunAhead: i === 0,
      signIn: i === 3 ? 'hostile-gateway' : ids[i]!,
      password: i === 3 ? gateway.mqtt.password : (made[i]?.mqtt.password ?? ''),
    })),
    routes: routesOf(openApi),
    ids: [...called, ticket.id, 'nobody', 'fridge'],
    callers: CALLERS,
  }
}

async function registerGood({ program }: Supervised): Promise<{ id: string; password: string }> {
  const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
    id: 'good',
    kind: 'fridge',
    model: 'good',
  })
  return { id: 'good', password: mqtt.password }
}

/** The hostile process, and how far it is. */
class Attack {
  done = 0
  readonly ended: Promise<HostileOutcome>
  #frames: number
  constructor(orders: HostileOrders) {
    this.#frames = orders.frames
    const script = fileURLToPath(new URL('./hostileProcess.ts', import.meta.url))
    const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
    giveWay(child.pid)
    child.stdin.end(JSON.stringify(orders))
    let last = ''
    createInterface(child.stdout).on('line', (line) => {
      last = line
      if (/^\d+$/.test(line)) this.done = Number(line)
    })
    this.ended = new Promise((resolve, reject) => {
      child.once('close', (code) => {
        this.done = this.#frames
        if (code === 0) resolve(JSON.parse(last) as HostileOutcome)
        else reject(new Error(`the hostile process ended with ${code}`))
      })
    })
    // Whoever waits for it hears of it; nobody may be waiting yet.
    this.ended.catch(() => undefined)
  }
  get share(): number {
    return this.done / this.#frames
  }
  async reaches(share: number): Promise<void> {
    while (this.share < share) await wait(50)
  }
}

/** Attackers are other machines in the field: here they leave the processor to the program and those who behave. */
function giveWay(pid: number | undefined): void {
  if (pid !== undefined) setPriority(pid, Math.min(getPriority(pid) + 5, constants.priority.PRIORITY_LOW))
}

/** Kind files and lists through their readers here: each is read, or refused in words. */
async function hostileFiles(count: number, random: SeededRandom): Promise<{ wrong: string[] }> {
  const dir = await mkdtemp(join(tmpdir(), 'hearthwatch-kinds-'))
  const wrong: string[] = []
  const attempt = (what: string, read: () => unknown): void => {
    try {
      read()
    } catch (error) {
      if (!(error instanceof Problem)) wrong.push(`${what}: ${error}`)
    }
  }
  try {
    for (let n = 0; n < count; n++) {
      attempt('csv', () => readTable(drawCsv(random)))
      await writeFile(join(dir, 'one.json'), drawKindFile(random, 'one'), 'latin1')
      attempt('kind', () => loadCatalog(dir))
    }
  } finally {
    await rm(dir, { recursive: true })
  }
  for (const line of wrong.slice(0, 10)) console.error(line)
  return { wrong }
}

/** Puts a kind file that the catalog takes beside the others. @returns was there one among some? */
async function addKind(dataDir: string, random: SeededRandom): Promise<boolean> {
  const dir = join(dataDir, 'catalog')
  await mkdir(dir, { recursive: true })
  for (let n = 0; n < 20; n++) {
    const name = `odd-${Math.floor(random.next() * 1e6)}`
    const path = join(dir, `${name}.json`)
    await writeFile(path, drawKindFile(random, name), 'latin1')
    try {
      loadCatalog(dir)
      return true
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      await rm(path)
    }
  }
  return false
}
