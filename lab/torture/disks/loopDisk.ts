// A disk of our own: an ext4 file system in a file. What was not synced is not in that file yet, so a copy of it, taken
// right after kill -9, is what a power cut leaves: all files, all folders, every part of the program.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Neither the file system nor the kernel shall write by itself while we watch. */
const OPTIONS = 'loop,commit=300,nobarrier,noauto_da_alloc'

const run = (command: string, args: string[]): { good: boolean; said: string } => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  return { good: status === 0, said: `${command} ${args.join(' ')}: ${error?.message ?? ''}${stdout}${stderr}` }
}
function must(command: string, args: string[]): void {
  const { good, said } = run(command, args)
  if (!good) throw new Error(said)
}

export class LoopDisk {
  /** Where it is mounted. */
  readonly dir: string
  #folder: string
  #image: string
  #cuts = 0

  private constructor(folder: string) {
    this.#folder = folder
    this.dir = join(folder, 'mounted')
    this.#image = join(folder, 'disk.img')
  }

  /** @returns undefined where this user may not mount; says why on standard error */
  static make(megabytes: number): LoopDisk | undefined {
    const folder = mkdtempSync(join(tmpdir(), 'hearthwatch-disk-'))
    const disk = new LoopDisk(folder)
    const steps: [string, string[]][] = [
      ['mkdir', [disk.dir]],
      ['truncate', ['-s', `${megabytes}M`, disk.#image]],
      ['mkfs.ext4', ['-q', disk.#image]],
      ['mount', ['-o', OPTIONS, disk.#image, disk.dir]],
    ]
    for (const [command, args] of steps) {
      const { good, said } = run(command, args)
      if (good) continue
      console.warn(`skipped: a disk of our own cannot be mounted: ${said.trim()}`)
      rmSync(folder, { recursive: true, force: true })
      return undefined
    }
    return disk
  }

  /** The power fails now, and is back: whatever was not synced never was. The program must be dead already. */
  powerCut(): void {
    const left = join(this.#folder, `disk-${++this.#cuts}.img`)
    must('cp', ['--sparse=always', this.#image, left])
    must('umount', [this.dir])
    rmSync(this.#image)
    this.#image = left
    must('mount', ['-o', OPTIONS, this.#image, this.dir])
  }

  remove(): void {
    must('umount', [this.dir])
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
