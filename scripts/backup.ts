// `npm run backup -- FOLDER [--keys FOLDER]`: everything of DATA_DIR in a folder, while the service runs or not. Its keys lie in
// a folder apart (FOLDER-keys): who has both can be the product. `npm run restore` puts both back.
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Problem, readSettings, type Settings, type World, wallClock, worldOf } from '../core/index.ts'
import type { BackupState } from '../dashboards/index.ts'
import { copyWorlds, KEYS, type WorldToCopy } from '../workers/backup/copyWorld.ts'
import { restingWorld } from '../workers/backup/restingWorld.ts'
import { dataDirOf, organisationWorlds } from '../workers/organisations/organisationDir.ts'
import { adminTokenOf, plainUrlOf } from '../workers/runningService.ts'
import { openWorld } from '../workers/world.ts'
import { oneWord, optionsOf, textOption } from './commandOptions.ts'
import { endInWords } from './endInWords.ts'

const LOOK_EVERY_MS = 200
const ANSWER_MS = 10_000

await endInWords(async () => {
  const { values, words } = optionsOf('npm run backup', { keys: textOption(undefined) }, 'anything')
  const folder = oneWord(words, {
    code: 'no-folder',
    message: 'It is not said where the backup goes.',
    remedy: 'npm run backup -- FOLDER, a folder that does not exist yet.',
  })
  const to = resolve(folder)
  const keysTo = resolve(values.keys ?? `${to}-keys`)
  if (isWithin(to, keysTo) || isWithin(keysTo, to))
    throw new Problem({
      code: 'keys-not-apart',
      message: `${keysTo} and ${to} are not apart: who had the one would have the other.`,
      remedy: 'Name a folder for the keys that stands beside the other, or leave --keys out; nothing was changed.',
    })
  for (const one of [to, keysTo])
    if (existsSync(one))
      throw new Problem({
        code: 'folder-exists',
        message: `${one} exists already.`,
        remedy: 'Name one that does not exist yet; nothing was changed.',
      })
  const settings = readSettings(process.env)
  // Before anything is copied: where it goes to must be a folder.
  for (const one of [to, keysTo]) await mkdir(dirname(one), { recursive: true })
  const made = (await madeByTheService(settings)) ?? (await madeHere(settings))
  await move(join(made, KEYS), keysTo)
  await move(made, to)
  console.log(`backup in ${to}, its keys in ${keysTo}: keep them apart`)
})

/** @returns the folder, or undefined when no service runs here @throws Problem with what it answered */
async function madeByTheService(settings: Settings): Promise<string | undefined> {
  const [url, token] = [plainUrlOf(settings), await adminTokenOf(settings)]
  const ask = (method: string): Promise<Response> =>
    fetch(`${url}/api/backup`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(ANSWER_MS),
    })
  const begun = await ask('POST').catch(() => undefined)
  if (!begun) return undefined
  if (!begun.ok) {
    const said = (await begun.json().catch(() => ({}))) as { title?: string; detail?: string }
    throw new Problem({
      code: 'backup-refused',
      message: `The service on port ${settings.PORT} answered ${begun.status}: ${said.title ?? ''}`,
      remedy: said.detail ?? 'See that DATA_DIR and PORT are those of the service.',
    })
  }
  for (;;) {
    const state = (await (await ask('GET')).json()) as BackupState
    if (state.state === 'done' && state.folder) return resolve(settings.DATA_DIR, state.folder)
    if (state.state === 'failed')
      throw new Problem({
        code: 'backup-failed',
        message: `The backup failed: ${state.because}`,
        remedy: 'See that the disk of DATA_DIR has room for another copy of what is in it.',
      })
    await wait(LOOK_EVERY_MS)
  }
}

/** Nobody runs: everything stands still, and is held so. @throws Problem `data-dir-in-use` */
async function madeHere(settings: Settings): Promise<string> {
  const world = worldOf(settings)
  if (settings.POSTGRES_URL || settings.INFLUX_URL || !existsSync(world.dir))
    throw new Problem({
      code: 'nothing-to-copy',
      message: existsSync(world.dir)
        ? 'With PostgreSQL or InfluxDB only their own tools copy what is in them.'
        : `There is no world in ${world.dir}.`,
      remedy: 'Set DATA_DIR (and SIMULATE=0 for the real world) to those of the service.',
    })
  const worlds = [world, ...organisationWorlds(settings, world)] as const
  const held: { release(): void }[] = []
  try {
    for (const one of worlds) held.push(await openWorld(one, dataDirOf(settings, one)))
    const made = resolve(settings.DATA_DIR, 'backups', 'by-hand')
    await rm(made, { recursive: true, force: true })
    const [first, ...others] = worlds
    const resting = (one: World): WorldToCopy => restingWorld(dataDirOf(settings, one), one)
    await copyWorlds([resting(first), ...others.map(resting)], made, wallClock.now)
    return made
  } finally {
    for (const one of held) one.release()
  }
}

function isWithin(folder: string, path: string): boolean {
  return `${path}${sep}`.startsWith(`${folder}${sep}`)
}

/** To another disk by copying. */
async function move(from: string, to: string): Promise<void> {
  await rename(from, to).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EXDEV') throw error
    await cp(from, to, { recursive: true })
    await rm(from, { recursive: true })
  })
  await chmod(to, 0o700)
}
