import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkModelSet, type ModelSet, noteProven, readModelSet, UNTRAINED } from '../analytics/index.ts'
import type { Catalog } from '../catalog/index.ts'

/**
 * A world's own copies of the versions of its models, each in a folder of its id: what the journal names is there when it
 * is heard again, whatever becomes of the folder it was handed over in.
 */
export function openModelStore(root: string, catalog: Catalog) {
  const dirOf = (set: string): string => join(root, set)
  /** Opening all of a version takes a while, and what it holds never changes. */
  const checked = new Map<string, Promise<void>>()
  return {
    root,
    dirOf,
    read: (set: string): ModelSet => readModelSet(dirOf(set)),
    /** Whole and synced, or not at all. @throws Problem `bad-model` when it cannot be used */
    async put(set: ModelSet): Promise<void> {
      const present = await readdir(root).catch(() => [] as string[])
      if (set.id === UNTRAINED || present.includes(set.id)) return
      const making = join(root, `${set.id}.new`)
      await rm(making, { recursive: true, force: true })
      await mkdir(making, { recursive: true })
      for (const [name, bytes] of set.files) await writeFile(join(making, name), bytes, { flush: true })
      try {
        await checkModelSet(making, catalog)
      } catch (error) {
        await rm(making, { recursive: true, force: true })
        throw error
      }
      await syncFolder(making)
      await rename(making, dirOf(set.id))
      await syncFolder(root)
      noteProven(dirOf(set.id))
      checked.set(set.id, Promise.resolve())
    },
    /** Can this program use it? @throws Problem `bad-model` */
    check(set: string): Promise<void> {
      const known = checked.get(set) ?? checkModelSet(dirOf(set), catalog).then(() => noteProven(dirOf(set)))
      checked.set(set, known)
      return known
    },
    /** All others go. */
    async keep(sets: ReadonlySet<string>): Promise<void> {
      for (const name of await readdir(root).catch(() => [] as string[]))
        if (!sets.has(name.replace(/\.proven$/, ''))) await rm(join(root, name), { recursive: true, force: true })
    },
  }
}

async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
