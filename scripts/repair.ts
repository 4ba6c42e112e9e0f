// `npm run repair`: makes a damaged journal of DATA_DIR readable again, and names each stretch that it gives up. Not while the
// service runs.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Problem, readSettings, worldOf } from '../core/index.ts'
import { repairJournal } from '../ingest/index.ts'
import { openWorld } from '../workers/world.ts'

try {
  const settings = readSettings(process.env)
  const world = worldOf(settings)
  const dir = join(world.dir, 'journal')
  if (!existsSync(dir)) {
    throw new Problem({
      code: 'no-journal',
      message: `There is no journal in ${dir}.`,
      remedy: 'Set DATA_DIR (and SIMULATE=0 for the real world) to those of the service.',
    })
  }
  const hold = await openWorld(world, settings.DATA_DIR)
  const lost = await repairJournal(dir)
  hold.release()
  for (const { segment, from, upTo } of lost) {
    console.log(
      `given up: offsets ${from} to ${upTo} (${upTo - from} bytes) of ${segment}; as it was: ${segment}.damaged`,
    )
  }
  console.log(
    lost.length === 0
      ? `The journal in ${dir} is whole; nothing was changed.`
      : `${lost.length} stretches were given up; everything else is as it was. Start the service again.`,
  )
} catch (error) {
  if (!(error instanceof Problem)) throw error
  console.error(`${error.message} ${error.remedy}`)
  process.exit(1)
}
