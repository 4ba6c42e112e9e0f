import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system in memory, of a fixed size. */
export class SmallDisk {
  readonly dir: string
  #ballast: string
  private constructor(dir: string) {
    this.dir = dir
    this.#ballast = join(dir, 'ballast')
  }
  static make(megabytes: number): SmallDisk | undefined {
    const dir = mkdtempSync(join(tmpdir(), 'hearthwatch-small-'))
    const made = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', dir], { encoding: 'utf8' })
    if (made.status === 0) return new SmallDisk(dir)
    console.warn(`skipped: a small disk cannot be mounted: ${made.error?.message ?? made.stderr.trim()}`)
    rmSync(dir, { recursive: true })
    return undefined
  }
  /** May this user mount one? Says on standard error why not. */
  static canMake(): boolean {
    const disk = SmallDisk.make(1)
    disk?.remove()
    return disk !== undefined
  }
  /** Until not a byte is free. */
  fill(): void {
    const file = openSync(this.#ballast, 'a')
    const block = Buffer.alloc(1 << 20)
    try {
      while (statfsSync(this.dir).bavail > 0) writeSync(file, block)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    } finally {
      closeSync(file)
    }
  }
  free(): void {
    unlinkSync(this.#ballast)
  }
  remove(): void {
    const { status, stderr } = spawnSync('umount', [this.dir], { encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
    rmSync(this.dir, { recursive: true })
  }
}
