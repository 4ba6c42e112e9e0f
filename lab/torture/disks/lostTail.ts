// What a power cut may leave of the journal, where no disk can be mounted: everything up to the last sync, and behind it
// nothing, a torn piece, or a piece with flipped bits.
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Random, SeededRandom } from '../../../core/index.ts'
import { newDataDir, removeDataDir } from '../../../test/program.ts'
import { checkLoad } from '../checkLoad.ts'
import type { Finding } from '../finding.ts'
import { preload } from '../preloads/preload.ts'
import { Load, type LoadOptions } from '../senders.ts'
import { Supervised } from '../supervised.ts'

export interface LostTailOptions extends LoadOptions {
  cuts: number
  messages: number
}

export async function lostTail(options: LostTailOptions): Promise<Finding[]> {
  const fault = `journal cut to what was synced × ${options.cuts}`
  const random = new SeededRandom(options.seed, 'tails')
  const dataDir = await newDataDir()
  const note = join(dataDir, 'synced-lengths')
  const world = await Supervised.start(dataDir, preload('syncedLength', { SYNCED_LENGTHS: note }))
  let unsynced = 0
  try {
    const load = await Load.register(world.program, options)
    const running = load.run(world.mqttPort, () => options.messages)
    for (let cut = 0; cut < options.cuts; cut++) {
      const until = (options.messages * (cut + random.next())) / options.cuts
      while (load.acked < until) await load.nextAck()
      await world.kill()
      unsynced += spoilTails(note, random)
      await world.start()
    }
    await running
    await load.settle(world.mqttPort)
    return [
      {
        fault,
        figure: 'bytes behind the last sync, cut or spoiled',
        goal: '> 0',
        measured: unsynced.toLocaleString('en'),
        isGood: unsynced > 0,
      },
      ...(await checkLoad(fault, world.program, load)),
    ]
  } finally {
    await world.stop()
    await removeDataDir(dataDir)
  }
}

/** @returns how many bytes were taken or changed */
function spoilTails(note: string, random: Random): number {
  const synced = new Map<string, number>()
  for (const line of readFileSync(note, 'utf8').split('\n').filter(Boolean)) {
    const { path, length } = JSON.parse(line) as { path: string; length: number }
    synced.set(path, length)
  }
  let changed = 0
  for (const [path, length] of synced) {
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
    // Of a group that was never begun there may be any bytes, as well.
    const tail = size > length ? readFileSync(path).subarray(length) : Buffer.from('HWG1 and no more of it')
    const keep = Math.floor(random.next() * (tail.length + 1))
    truncateSync(path, Math.min(size, length))
    changed += tail.length - keep
    if (size < length || keep === 0) continue
    const left = Buffer.from(tail.subarray(0, keep))
    if (random.next() < 0.5) {
      left[Math.floor(random.next() * keep)]! ^= 1 << Math.floor(random.next() * 8)
      changed++
    }
    writeFileSync(path, left, { flag: 'a' })
  }
  return changed
}
