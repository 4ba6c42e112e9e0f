import { readFile } from 'node:fs/promises'
import { type Millis, Problem } from '../../core/index.ts'
import type { People } from '../people/people.ts'

/** What is kept of a world between its runs. */
export interface SavedWorld {
  seed: number
  start: Millis
  now: Millis
  lapseTo: Millis
  speed: number
  paused: boolean
  injected: number
  staffed: boolean
  credentials: Record<string, string>
  appliances: Record<string, string>
  people: ReturnType<People['state']>
  /** Made, and not yet arrived: of appliances that are cut off, or late. */
  held?: Record<string, Held[]>
}
/** A reading on its way. */
export interface Held {
  at: Millis
  text: string
}

/** @returns null where no world was yet @throws Problem `world-damaged` */
export async function readSavedWorld(path: string): Promise<SavedWorld | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as SavedWorld
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new Problem({
      code: 'world-damaged',
      message: `The simulated world in ${path} cannot be read: ${(error as Error).message}.`,
      remedy: 'Move that folder away to begin a new world.',
      concerns: path,
      cause: error,
    })
  }
}
