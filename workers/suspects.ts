import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Offset } from '../core/index.ts'
import { writeWhole } from '../database/index.ts'
import { type MarkedStretch, readMark, type Stretch } from './threads/mark.ts'

/** Which stage a frame was in. `repair`: a person has set it aside. */
export type Place = 'analysis' | 'store' | 'repair'

/** A frame that is not handled: it goes into the quarantine with this. */
export interface SetAside {
  offset: Offset
  place: Place
  error: string
}
/** A stretch in which something fails: its frames go one by one, at a `store` one each waits until it is stored. */
export interface CarefulStretch {
  from: Offset
  upTo: Offset
  place: Place
}
interface Death extends MarkedStretch {
  place: Place
  times: number
}
interface SuspectsFile {
  aside: SetAside[]
  careful: CarefulStretch[]
  death?: Death
}

/**
 * Deaths at exactly one frame that make it the cause; at a stretch of many the frames then go one by one. A program that
 * is killed from outside mostly dies while a thread waits: for the other's answer, or for the disk. Then it takes more.
 */
const DEATHS = 2
const DEATHS_WAITING = 5

export const analysisMark = (worldDir: string): string => join(worldDir, 'analysis.mark')
export const storeMark = (worldDir: string): string => join(worldDir, 'store.mark')

/** One frame is suspected again when it is that very frame. */
const overlaps = (a: Stretch, b: Stretch): boolean =>
  b.frames === 1 ? a.frames === 1 && a.upTo === b.upTo : a.from < b.upTo && a.upTo > b.from

export type Suspects = Awaited<ReturnType<typeof openSuspects>>

/**
 * Which frames of a world's journal are suspected to end the thread or the program that handles them, and which are set
 * aside for it. Synced before anything follows from it, so that a restart comes to the same. Nothing is written while
 * nothing fails.
 */
export async function openSuspects(worldDir: string) {
  const path = join(worldDir, 'suspects.json')
  const found = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  const file: SuspectsFile = found === null ? { aside: [], careful: [] } : (JSON.parse(found) as SuspectsFile)
  const save = (): Promise<void> => writeWhole(path, `${JSON.stringify(file)}\n`)

  async function setAside(one: SetAside): Promise<void> {
    if (!file.aside.some(({ offset }) => offset === one.offset)) file.aside.push(one)
    delete file.death
    await save()
  }
  async function goCarefully(stretch: CarefulStretch): Promise<void> {
    const isKnown = file.careful.some(
      ({ from, upTo, place }) => from <= stretch.from && upTo >= stretch.upTo && place === stretch.place,
    )
    if (!isKnown) file.careful.push(stretch)
    await save()
  }

  return {
    aside: (): SetAside[] => file.aside,
    careful: (): CarefulStretch[] => file.careful,
    setAside,
    /** Something failed at a stretch with this error. @returns the frame that is set aside for it, once it is found */
    async failed(stretch: Stretch, place: Place, error: string): Promise<SetAside | undefined> {
      if (stretch.frames > 1) {
        await goCarefully({ from: stretch.from, upTo: stretch.upTo, place })
        return undefined
      }
      const one = { offset: stretch.upTo, place, error }
      await setAside(one)
      return one
    },
    /**
     * A thread died, or the program did (`undefined`), and said nothing: what the marks say.
     * @returns the frame that is set aside for it
     */
    async died(thread?: 'analysis' | 'store'): Promise<SetAside | undefined> {
      for (const place of thread ? [thread] : (['analysis', 'store'] as const)) {
        const stretch = readMark(place === 'analysis' ? analysisMark(worldDir) : storeMark(worldDir))
        if (!stretch) continue
        const before = file.death
        // No thread has begun since: a start that was killed before its threads were there.
        if (before?.place === place && before.begun === stretch.begun) continue
        const isAgain = before?.place === place && overlaps(before, stretch)
        const times = isAgain ? before.times + 1 : 1
        file.death = { ...stretch, place, times }
        const waits = stretch.asking || (place === 'store' && thread === undefined)
        if (stretch.frames === 1 && times >= (waits ? DEATHS_WAITING : DEATHS)) {
          const one = { offset: stretch.upTo, place, error: `${place}: the program ended twice while it was handled` }
          await setAside(one)
          return one
        }
        // The frames of the analysis cost nothing to part; a commit of the store is parted only when it stays suspect.
        if (stretch.frames > 1 && (place === 'analysis' || times >= DEATHS)) {
          await goCarefully({ from: stretch.from, upTo: stretch.upTo, place })
        } else await save()
        return undefined
      }
      return undefined
    },
    /** Nothing before here is handled again. */
    async passed(upTo: Offset): Promise<void> {
      const count = file.aside.length + file.careful.length
      file.aside = file.aside.filter(({ offset }) => offset > upTo)
      file.careful = file.careful.filter((stretch) => stretch.upTo > upTo)
      if (file.death && file.death.upTo <= upTo) delete file.death
      if (file.aside.length + file.careful.length < count) await save()
    },
  }
}
