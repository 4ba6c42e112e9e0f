import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Settings, World } from '../../core/index.ts'

type Place = Pick<Settings, 'DATA_DIR'>

/** Where what is an organisation's lies: laid out like DATA_DIR. */
export const organisationDir = ({ DATA_DIR }: Place, id: string): string => join(DATA_DIR, 'organisations', id)

/** The data folder that a world is in, the first organisation's or a further one's. */
export const dataDirOf = (settings: Place, { organisation }: World): string =>
  organisation === undefined ? settings.DATA_DIR : organisationDir(settings, organisation)

/** A real world, whatever the first one's is: nothing in it is simulated. */
export const organisationWorld = (
  settings: Pick<Settings, 'DATA_DIR' | 'CLOCK'>,
  { name }: World,
  id: string,
): World => ({
  name,
  dir: join(organisationDir(settings, id), name),
  clock: settings.CLOCK,
  organisation: id,
})

/** Those beside this one that have anything on disk, closed ones too. */
export function organisationWorlds(settings: Pick<Settings, 'DATA_DIR' | 'CLOCK'>, first: World): World[] {
  const dir = join(settings.DATA_DIR, 'organisations')
  if (!existsSync(dir)) return []
  return readdirSync(dir)
    .toSorted()
    .map((id) => organisationWorld(settings, first, id))
    .filter((world) => existsSync(join(world.dir, 'world.json')))
}
