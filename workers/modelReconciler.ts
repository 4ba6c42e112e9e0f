import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { completeModelSet, type ModelSet, modelSetOf, readModelSet, UNTRAINED } from '../analytics/index.ts'
import type { Catalog } from '../catalog/index.ts'
import { type Clock, type Database, openPollLoop, Problem, type World } from '../core/index.ts'
import type { ModelsControl } from '../dashboards/index.ts'
import type { ModelRegistry } from '../service/index.ts'
import { openModelStore } from './modelStore.ts'
import type { Pipeline } from './pipeline/pipeline.ts'
import { type Shadow, startShadow } from './start/startShadow.ts'

/** How often the models folder is looked at, and how long it must have stayed the same to be read. */
const LOOK_EVERY_MS = 2_000
const STEADY_MS = 3_000
/** A shadow that could not keep up, or failed, is not tried again at once. */
const REST_MS = 60_000

interface ReconcilerOptions {
  /** Where `npm run train` and `npm run models` put them. */
  modelsDir: string
  world: World
  catalogDir: string
  catalog: Catalog
  database: Database
  registry: ModelRegistry
  wall: Clock
  onRetryableError: (what: string, error: unknown) => void
}

/** What a thread of the analysis begins with. */
interface ModelsAtStart {
  modelsRoot: string
  firstModels: string
  models: string
}

/** @returns it with the version in force at hand: before detection begins */
export async function openModelReconciler(options: ReconcilerOptions): Promise<ModelReconciler> {
  const reconciler = new ModelReconciler(options)
  await reconciler.open()
  return reconciler
}

/**
 * The versions of the models of a running world: takes in what the folder or a person hands over, runs the candidate in
 * shadow, and brings another version into force through the journal.
 */
export class ModelReconciler {
  readonly #options: ReconcilerOptions
  readonly #registry: ModelRegistry
  readonly #store: ReturnType<typeof openModelStore>
  readonly #candidateDir: string
  readonly #pollLoop: ReturnType<typeof openPollLoop>
  /** What the folder held at the start, if it could be used. */
  #folder: ModelSet | undefined
  #atStart: ModelsAtStart | undefined
  #pipeline: Pipeline | undefined
  #shadow: Shadow | undefined
  #restUntil = 0
  #because: string | undefined
  #closed = false
  #offeredByFolder = ''
  /** What the folders looked like, since when, and what was made of it: one that is being written is not read yet. */
  #glimpsed = { text: '', at: 0, isRead: false }

  constructor(options: ReconcilerOptions) {
    this.#options = options
    this.#registry = options.registry
    this.#store = openModelStore(join(options.world.dir, 'models'), options.catalog)
    this.#candidateDir = join(options.modelsDir, 'candidate')
    this.#pollLoop = openPollLoop(
      () => this.#reconcile(),
      LOOK_EVERY_MS,
      (error) => options.onRetryableError('models', error),
    )
  }

  async open(): Promise<void> {
    const folder = await this.#takeFolder()
    this.#folder = folder
    if (folder && (await this.#registry.first()) === null)
      await this.#registry.begin('first', folder.id, 'the models that the program came with')
    let { inForce } = await this.#registry.standing()
    if (folder && !(await this.#isUsable(inForce))) {
      const why = `the models ${inForce} cannot be used by this version of the program`
      await this.#registry.begin('fallback', folder.id, why)
      inForce = folder.id
    }
    const first = await this.#registry.first()
    const firstModels = first !== null && (await this.#isUsable(first)) ? first : inForce
    this.#atStart = { modelsRoot: this.#store.root, firstModels, models: inForce }
  }
  get atStart(): ModelsAtStart {
    assert(this.#atStart, 'the versions of the models are asked for before they are open')
    return this.#atStart
  }
  /** Detection runs. */
  async begin(running: Pipeline): Promise<void> {
    this.#pipeline = running
    const { inForce } = await this.#registry.standing()
    const folder = this.#folder
    if (folder && running.lostModels === inForce && inForce !== folder.id)
      await this.#registry.begin('fallback', folder.id, `the models ${inForce} cannot be used any more`)
    await this.#store.keep(await this.#registry.inUse())
    this.#pollLoop.wake()
  }
  readonly shadowEnded = (why: string): void => this.#rest(why)
  swapped(): void {
    this.#pollLoop.wake()
  }
  readonly control: ModelsControl = {
    shadow: () => {
      if (this.#shadow) return { set: this.#shadow.set, state: this.#shadow.state() }
      return this.#because ? { state: 'resting', because: this.#because } : null
    },
    offer: (files) => this.#handOver(files),
    drift: () => this.#pipeline?.drift() ?? [],
    woken: () => this.#pollLoop.wake(),
  }
  async close(): Promise<void> {
    this.#closed = true
    await this.#pollLoop.close()
    this.#pipeline?.unfollow()
    await this.#shadow?.end('the program ended')
  }

  async #reconcile(): Promise<void> {
    if (!this.#pipeline || this.#closed) return
    await this.#look()
    await this.#runShadow()
  }
  async #handOver(files: Map<string, Uint8Array>): Promise<string> {
    const { inForce } = await this.#registry.standing()
    const set = await this.#offer(modelSetOf(files, 'what was handed over'), 'api', inForce)
    if (set === null) {
      throw new Problem({
        code: 'already-in-force',
        message: 'These models are in force already.',
        remedy: 'Hand over others.',
        status: 409,
      })
    }
    this.#pollLoop.wake()
    return set
  }

  async #take(set: ModelSet, source: string): Promise<void> {
    await this.#store.put(set)
    await this.#registry.hear(set.id, set.kinds, source)
  }

  /** A folder that cannot be used holds up the first start alone: later there is what the world judged by before. */
  async #takeFolder(): Promise<ModelSet | undefined> {
    try {
      const set = readModelSet(this.#options.modelsDir)
      await this.#take(set, 'folder')
      return set
    } catch (error) {
      const hasOthers =
        (await this.#registry.first()) !== null && (await this.#isUsable((await this.#registry.standing()).inForce))
      if (!hasOthers || !(error instanceof Problem) || error.code !== 'bad-model') throw error
      this.#options.onRetryableError('bad-model', error)
      return undefined
    }
  }
  async #isUsable(set: string): Promise<boolean> {
    if (set === UNTRAINED) return true
    return this.#store.check(set).then(
      () => existsSync(this.#store.dirOf(set)),
      () => false,
    )
  }

  /** The folder may have changed: by a program update, by `npm run train`, or by `npm run models`. */
  async #look(): Promise<void> {
    const text = `${await glimpse(this.#options.modelsDir)} | ${await glimpse(this.#candidateDir)}`
    const now = this.#options.wall.now()
    if (text !== this.#glimpsed.text) this.#glimpsed = { text, at: now, isRead: false }
    if (this.#glimpsed.isRead || now - this.#glimpsed.at < STEADY_MS) return
    const { inForce, pending } = await this.#registry.standing()
    // Its turn comes when the change that is under way is done.
    if (pending) return
    this.#glimpsed.isRead = true
    await this.#readFolders(inForce).catch((error: unknown) => {
      if (error instanceof Problem && error.retryable) this.#glimpsed.isRead = false
      throw error
    })
  }

  async #readFolders(inForce: string): Promise<void> {
    const [own, offered] = [readModelSet(this.#options.modelsDir), readModelSet(this.#candidateDir)]
    await this.#hearFolder(own, inForce)
    if (offered.id === this.#offeredByFolder) return
    this.#offeredByFolder = offered.id
    if (offered.kinds.length > 0) await this.#offer(offered, 'folder', inForce)
    else {
      const current = await this.#registry.candidate()
      if (current && (await this.#registry.known(current.set)).source === 'folder')
        await this.#registry.withdraw(current.set, false)
    }
  }

  /** A world that judges by the folder's models goes on to; one that has its own is offered them like any other candidate. */
  async #hearFolder(own: ModelSet, inForce: string): Promise<void> {
    const former = await this.#registry.folderSet()
    if (own.id === former) return
    if (inForce === former) {
      await this.#take(own, 'folder')
      await this.#registry.adopt(own.id, 'the models folder holds others than before')
    } else if (!(await this.#registry.isKnown(own.id)) && own.kinds.length > 0)
      await this.#offer(own, 'folder', inForce)
  }

  async #offer(set: ModelSet, source: string, inForce: string): Promise<string | null> {
    const whole = inForce === UNTRAINED ? set : completeModelSet(set, this.#store.read(inForce))
    await this.#take(whole, source)
    return (await this.#registry.offer(whole.id, { anew: source !== 'folder' })) ? whole.id : null
  }

  /** The shadow that should run, and no other. */
  async #runShadow(): Promise<void> {
    const { pending } = await this.#registry.standing()
    const candidate = await this.#registry.candidate()
    const wanted = pending || this.#closed ? null : (candidate?.set ?? null)
    if (this.#shadow && this.#shadow.set !== wanted) {
      this.#pipeline?.unfollow()
      await this.#shadow.end('stopped')
      this.#shadow = undefined
    }
    if (!wanted || this.#shadow || !this.#pipeline || this.#options.wall.now() < this.#restUntil) return
    this.#because = undefined
    this.#shadow = startShadow({
      set: wanted,
      data: {
        catalogDir: this.#options.catalogDir,
        clock: this.#options.world.clock,
        modelsDir: this.#store.dirOf(wanted),
      },
      database: this.#options.database,
      follow: (port) => this.#pipeline?.follow(port),
      ended: (why) => this.#rest(why),
      onRetryableError: this.#options.onRetryableError,
    })
  }
  #rest(why: string): void {
    const former = this.#shadow
    this.#shadow = undefined
    const mayGoOn = why === 'swapped' || why === 'stopped' || why === 'replaced'
    this.#because = mayGoOn ? undefined : why
    if (why === 'lagged')
      this.#options.onRetryableError(
        'shadow',
        new Error('The shadow of the candidate could not keep up, and is paused.'),
      )
    this.#restUntil = mayGoOn ? 0 : this.#options.wall.now() + REST_MS
    void former?.end(why).catch((error: unknown) => this.#options.onRetryableError('shadow', error))
  }
}

/** What tells one state of a folder from another, without reading its files. */
async function glimpse(dir: string): Promise<string> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name)
  const stats = await Promise.all(files.map((name) => stat(join(dir, name)).catch(() => null)))
  return files.map((name, i) => `${name} ${stats[i]?.size} ${stats[i]?.mtimeMs}`).join(', ')
}
