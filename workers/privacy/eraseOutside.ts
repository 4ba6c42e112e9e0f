import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { MailFile } from '../../alerts/index.ts'
import type { World } from '../../core/index.ts'
import type { Accounts } from '../../dashboards/index.ts'
import { openPersonKeys, type PersonKeys } from '../../database/index.ts'
import type { OutsideErasure } from '../../service/index.ts'
import { KEYS, PERSON_KEYS, placeOf } from '../backup/copyWorld.ts'
import { type checkedManifest, writeManifest } from '../backup/manifest.ts'

/** What an erasure reaches outside the database: the file of mails, and the person's key, here and in the backups below DATA_DIR. */
export const eraseOutside = (
  /** Their folder. */
  backups: string,
  world: World,
  keys: PersonKeys,
  mails: MailFile | undefined,
  accounts: Pick<Accounts, 'list' | 'remove'>,
): OutsideErasure => ({
  async accounts(ids) {
    // Who works here, too, keeps their account.
    const theirs = (await accounts.list()).filter(({ id, roles }) => ids.includes(id) && roles.join() === 'owner')
    for (const { id } of theirs) await accounts.remove(id)
    return theirs.length
  },
  mails: async (contact) => ({ taken: (await mails?.takeOut(contact)) ?? 0, leave: mails === undefined }),
  async keys(person) {
    const id = keys.idOf(person)
    const own = keys.destroy(id)
    let [inBackups, unsealedBackups] = [0, 0]
    for (const name of await readdir(backups).catch(() => [])) {
      const folder = join(backups, name, KEYS)
      const path = join(folder, placeOf(world), world.name, PERSON_KEYS)
      if (!existsSync(path)) {
        if (existsSync(join(backups, name, placeOf(world), world.name, 'hearthwatch.db'))) unsealedBackups++
        continue
      }
      if (await destroyIn(folder, path, id)) inBackups++
    }
    return { own, inBackups, unsealedBackups }
  },
})

/** In the keys of a backup, whose list of files then says what they are now. */
export async function destroyIn(folder: string, path: string, person: string): Promise<boolean> {
  const kept = openPersonKeys(path)
  const wasThere = kept.destroy(person)
  kept.close()
  if (!wasThere) return false
  // One that is still being made gets its list later.
  const isListed = await readFile(join(folder, 'manifest.json'), 'utf8').then(
    () => true,
    () => false,
  )
  if (isListed) {
    const { version, world, at } = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Awaited<
      ReturnType<typeof checkedManifest>
    >
    await writeManifest(folder, { version, world, at })
  }
  return true
}
