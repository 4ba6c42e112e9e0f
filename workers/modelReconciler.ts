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

export type ModelReconciler = Awaited<ReturnType<typeof openModelReconciler>>

/**
 * The versions of the models of a running world: takes in what the folder or a person hands over, runs the candidate in
 * shadow, and brings another version into force through the journal.
 */
export async function openModelReconciler(options: {
  /** Where `npm run train` and `npm run models` put them. */
  modelsDir: string
  world: World
  catalogDir: string
  catalog: Catalog
  database: Database
  desk: ModelRegistry
  wall: Clock
  onRetryableError: (what: string, error: unknown) => void
}) {
  const { modelsDir, world, catalog, desk, onRetryableError } = options
  const store = openModelStore(join(world.dir, 'models'), catalog)
  const candidateDir = join(modelsDir, 'candidate')

  async function take(set: ModelSet, source: string): Promise<void> {
    await store.put(set)
    await desk.hear(set.id, set.kinds, source)
  }

  // Before detection begins: the version in force has to be at hand.
  const folder = await takeFolder()
  if (folder && (await desk.first()) === null)
    await desk.begin('first', folder.id, 'the models that the program came with')
  let { inForce } = await desk.standing()
  if (folder && !(await isUsable(inForce))) {
    await desk.begin('fallback', folder.id, `the models ${inForce} cannot be used by this version of the program`)
    inForce = folder.id
  }
  /** A folder that cannot be used holds up the first start alone: later there is what the world judged by before. */
  async function takeFolder(): Promise<ModelSet | undefined> {
    try {
      const set = readModelSet(modelsDir)
      await take(set, 'folder')
      return set
    } catch (error) {
      const hasOthers = (await desk.first()) !== null && (await isUsable((await desk.standing()).inForce))
      if (!hasOthers || !(error instanceof Problem) || error.code !== 'bad-model') throw error
      onRetryableError('bad-model', error)
      return undefined
    }
  }
  async function isUsable(set: string): Promise<boolean> {
    if (set === UNTRAINED) return true
    return store.check(set).then(
      () => existsSync(store.dirOf(set)),
      () => false,
    )
  }

  const first = await desk.first()

  let pipeline: Pipeline | undefined
  let shadow: Shadow | undefined
  let restUntil = 0
  let because: string | undefined
  let closed = false
  let offeredByFolder = ''
  /** What the folders looked like, since when, and what was made of it: one that is being written is not read yet. */
  let glimpsed = { text: '', at: 0, isRead: false }

  /** The folder may have changed: by a program update, by `npm run train`, or by `npm run models`. */
  async function look(): Promise<void> {
    const text = `${await glimpse(modelsDir)} | ${await glimpse(candidateDir)}`
    const now = options.wall.now()
    if (text !== glimpsed.text) glimpsed = { text, at: now, isRead: false }
    if (glimpsed.isRead || now - glimpsed.at < STEADY_MS) return
    const { inForce, pending } = await desk.standing()
    // Its turn comes when the change that is under way is done.
    if (pending) return
    glimpsed.isRead = true
    await readFolders(inForce).catch((error: unknown) => {
      if (error instanceof Problem && error.retryable) glimpsed.isRead = false
      throw error
    })
  }

  async function readFolders(inForce: string): Promise<void> {
    const [own, offered] = [readModelSet(modelsDir), readModelSet(candidateDir)]
    await hearFolder(own, inForce)
    if (offered.id === offeredByFolder) return
    offeredByFolder = offered.id
    if (offered.kinds.length > 0) await offer(offered, 'folder', inForce)
    else {
      const current = await desk.candidate()
      if (current && (await desk.known(current.set)).source === 'folder') await desk.withdraw(current.set, false)
    }
  }

  /** A world that judges by the folder's models goes on to; one that has its own is offered them like any other candidate. */
  async function hearFolder(own: ModelSet, inForce: string): Promise<void> {
    const former = await desk.folderSet()
    if (own.id === former) return
    if (inForce === former) {
      await take(own, 'folder')
      await desk.adopt(own.id, 'the models folder holds others than before')
    } else if (!(await desk.isKnown(own.id)) && own.kinds.length > 0) await offer(own, 'folder', inForce)
  }

  async function offer(set: ModelSet, source: string, inForce: string): Promise<string | null> {
    const whole = inForce === UNTRAINED ? set : completeModelSet(set, store.read(inForce))
    await take(whole, source)
    return (await desk.offer(whole.id, { anew: source !== 'folder' })) ? whole.id : null
  }

  /** The shadow that should run, and no other. */
  async function tend(): Promise<void> {
    const { pending } = await desk.standing()
    const candidate = await desk.candidate()
    const wanted = pending || closed ? null : (candidate?.set ?? null)
    if (shadow && shadow.set !== wanted) {
      pipeline?.unfollow()
      await shadow.end('stopped')
      shadow = undefined
    }
    if (!wanted || shadow || !pipeline || options.wall.now() < restUntil) return
    because = undefined
    shadow = startShadow({
      set: wanted,
      data: { catalogDir: options.catalogDir, clock: world.clock, modelsDir: store.dirOf(wanted) },
      database: options.database,
      follow: (port) => pipeline?.follow(port),
      ended: (why) => rest(why),
      onRetryableError,
    })
  }
  function rest(why: string): void {
    const former = shadow
    shadow = undefined
    const mayGoOn = why === 'swapped' || why === 'stopped' || why === 'replaced'
    because = mayGoOn ? undefined : why
    if (why === 'lagged')
      onRetryableError('shadow', new Error('The shadow of the candidate could not keep up, and is paused.'))
    restUntil = mayGoOn ? 0 : options.wall.now() + REST_MS
    void former?.end(why).catch((error: unknown) => onRetryableError('shadow', error))
  }

  const pump = openPollLoop(
    async () => {
      if (!pipeline || closed) return
      await look()
      await tend()
    },
    LOOK_EVERY_MS,
    (error) => onRetryableError('models', error),
  )

  return {
    store: {
      modelsRoot: store.root,
      firstModels: first !== null && (await isUsable(first)) ? first : inForce,
      models: inForce,
    },
    /** Detection runs. @param lost the models that it was judged by, when it could not go on with them */
    async begin(running: Pipeline): Promise<void> {
      pipeline = running
      const { inForce } = await desk.standing()
      if (folder && running.lostModels === inForce && inForce !== folder.id)
        await desk.begin('fallback', folder.id, `the models ${inForce} cannot be used any more`)
      await store.keep(await desk.inUse())
      pump.wake()
    },
    shadowEnded: (why: string) => rest(why),
    swapped: () => pump.wake(),
    control: {
      shadow: () =>
        shadow ? { set: shadow.set, state: shadow.state() } : because ? { state: 'resting', because } : null,
      async offer(files) {
        const { inForce } = await desk.standing()
        const set = await offer(modelSetOf(files, 'what was handed over'), 'api', inForce)
        if (set === null) {
          throw new Problem({
            code: 'already-in-force',
            message: 'These models are in force already.',
            remedy: 'Hand over others.',
            status: 409,
          })
        }
        pump.wake()
        return set
      },
      drift: () => pipeline?.drift() ?? [],
      woken: () => pump.wake(),
    } satisfies ModelsControl as ModelsControl,
    async close(): Promise<void> {
      closed = true
      await pump.close()
      pipeline?.unfollow()
      await shadow?.end('the program ended')
    },
  }
}

/** What tells one state of a folder from another, without reading its files. */
async function glimpse(dir: string): Promise<string> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name)
  const stats = await Promise.all(files.map((name) => stat(join(dir, name)).catch(() => null)))
  return files.map((name, i) => `${name} ${stats[i]?.size} ${stats[i]?.mtimeMs}`).join(', ')
}
