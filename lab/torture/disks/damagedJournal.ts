// Bits flip in the middle of the journal while the program is down: it refuses to start and says where, `npm run repair`
// names what it gives up, and everything else is there.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Random, SeededRandom } from '../../../core/index.ts'
import { newDataDir, quiet, removeDataDir, runToEnd } from '../../../test/program.ts'
import { compareStored, imbalance } from '../checkLoad.ts'
import { between, exactly, type Finding } from '../finding.ts'
import { Load, type LoadOptions } from '../senders.ts'
import { Supervised } from '../supervised.ts'

export interface DamagedJournalOptions extends LoadOptions {
  messages: number
  flips: number
}

/** A message of the senders has at most so many readings. */
const READINGS = 31

export async function damagedJournal(options: DamagedJournalOptions): Promise<Finding[]> {
  const { flips } = options
  const fault = `${flips} flipped bits in the middle of the journal`
  const dataDir = await newDataDir()
  const world = await Supervised.start(dataDir)
  try {
    const load = await Load.register(world.program, options)
    await load.run(world.mqttPort, () => options.messages)
    await world.kill()
    const flipped = flipBits(join(dataDir, 'live', 'journal'), flips, new SeededRandom(options.seed, 'flips'))
    const refused = await runToEnd(dataDir, world.env)
    const repair = spawnSync(process.execPath, ['scripts/repair.ts'], {
      env: { ...process.env, ...world.env, DATA_DIR: dataDir, SIMULATE: '0' },
      encoding: 'utf8',
    })
    const named = [...repair.stdout.matchAll(/^given up: offsets (\d+) to (\d+)/gm)]
    await world.start()
    const { messages, readings } = await quiet(world.program)
    const appliances = load.senders.flatMap((sender) => sender.appliances)
    const found = await compareStored(world.program, appliances)
    return [
      exactly(
        fault,
        'start refused, naming the segment',
        1,
        refused.code === 1 && /\.journal is damaged/.test(refused.output) ? 1 : 0,
      ),
      exactly(fault, 'exit code of the repair', 0, repair.status ?? -1),
      between(fault, 'stretches given up and named', 1, flipped, named.length),
      between(fault, 'messages processed', load.acked - flipped, load.acked, messages.processed),
      exactly(fault, 'received − stored − duplicates − quarantined', 0, imbalance(readings)),
      between(fault, 'readings lost', 0, flipped * READINGS, found.lostOnes.length),
      exactly(fault, 'readings doubled or strange', 0, found.strange),
      // Where a reading was given up, what contradicted it later is the first that was heard.
      between(fault, 'readings with another value', 0, flipped, found.wrong),
    ]
  } finally {
    await world.stop()
    await removeDataDir(dataDir)
  }
}

/** Within payloads of the first two thirds, so that whole groups follow. @returns how many */
function flipBits(dir: string, count: number, random: Random): number {
  const [name = ''] = readdirSync(dir).sort()
  const path = join(dir, name)
  const bytes = readFileSync(path)
  // Behind the last group stands room that is made ahead.
  const written = bytes.lastIndexOf('"power":')
  let flipped = 0
  while (flipped < count) {
    const at = bytes.indexOf('"power":', Math.floor((random.next() * written * 2) / 3))
    if (at < 0) throw new Error(`no reading in ${path}`)
    bytes[at + 1]! ^= 1 << Math.floor(random.next() * 8)
    flipped++
  }
  writeFileSync(path, bytes)
  return flipped
}
