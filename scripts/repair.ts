// `npm run repair`: makes a damaged journal of DATA_DIR readable again, and names each stretch that it gives up. With
// `-- --list` it shows the frames instead, with `-- --set-aside OFFSET` it sets one aside. Not while the service runs.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { loadCatalog } from '../catalog/index.ts'
import { type Offset, Problem, readSettings, type Settings, type TelemetryLog, worldOf } from '../core/index.ts'
import {
  decodeGroup,
  type Frame,
  openCatalogVersions,
  openJournal,
  repairJournal,
  storedUpTo,
} from '../ingest/index.ts'
import { openSuspects } from '../workers/suspects.ts'
import { readSnapshot } from '../workers/threads/snapshotFile.ts'
import { openWorld } from '../workers/world.ts'
import { flag, optionsOf, textOption, wholeOption } from './commandOptions.ts'
import { endInWords } from './endInWords.ts'

const SHOWN_BYTES = 100
const offsetOption = wholeOption(0, Number.MAX_SAFE_INTEGER, undefined)

await endInWords(async () => {
  const { values: args } = optionsOf('npm run repair', {
    list: flag,
    from: offsetOption,
    appliance: textOption(undefined),
    'set-aside': offsetOption,
  })
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
  try {
    if (args.list) await withJournal(dir, (log) => list(log, args.from ?? 0, args.appliance))
    else if (args['set-aside'] === undefined) await repair(dir)
    else {
      const offset = args['set-aside']
      await withJournal(dir, async (log) => setAside(log, world.dir, offset, await stored(settings, world.dir)))
    }
  } finally {
    hold.release()
  }
})

async function repair(dir: string): Promise<void> {
  const lost = await repairJournal(dir)
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
}

async function withJournal(dir: string, act: (log: TelemetryLog) => Promise<void>): Promise<void> {
  const log = await openJournal({ dir })
  try {
    await act(log)
  } finally {
    await log.close()
  }
}

/** One line a frame: where it ends, when it came, what it is, whose, how long, and how it begins. */
async function list(log: TelemetryLog, from: Offset, appliance: string | undefined): Promise<void> {
  for await (const frame of framesOf(log, from)) {
    if (appliance !== undefined && frame.appliance !== appliance) continue
    const { offset, arrivedAt, type, payload } = frame
    const begins = JSON.stringify(Buffer.from(payload.subarray(0, SHOWN_BYTES)).toString('utf8'))
    const whose = frame.appliance || '-'
    console.log(`${offset} ${new Date(arrivedAt).toISOString()} ${type} ${whose} ${payload.byteLength} bytes ${begins}`)
  }
}

/** Up to where everything is in the store; 0 where there is none yet. */
async function stored({ DATA_DIR, INFLUX_URL }: Settings, worldDir: string): Promise<Offset> {
  const dir = join(worldDir, 'telemetry')
  if (!existsSync(dir)) return 0
  const catalog = openCatalogVersions(worldDir, loadCatalog(join(DATA_DIR, 'catalog'))).withFormer
  return storedUpTo(dir, catalog, INFLUX_URL !== undefined)
}

async function setAside(log: TelemetryLog, worldDir: string, offset: Offset, storedUpTo: Offset): Promise<void> {
  const handled = (await readSnapshot(join(worldDir, 'analysis.snapshot')))?.upTo ?? 0
  if (offset <= handled) {
    throw new Problem({
      code: 'already-handled',
      message: `The frame at ${offset} was handled already: everything up to ${handled} is.`,
      remedy: 'Nothing goes through it again. `npm run repair -- --list` shows the frames that are still to come.',
    })
  }
  for await (const frame of framesOf(log, offset - 1)) {
    if (frame.offset !== offset) continue
    if (offset <= storedUpTo) {
      throw new Problem({
        code: 'already-stored',
        message: `The frame at ${offset} is stored already: everything up to ${storedUpTo} is.`,
        remedy:
          'It stays, and nothing was set aside. A frame at which the analysis ends twice is set aside by itself at the next start.',
      })
    }
    const suspects = await openSuspects(worldDir)
    await suspects.setAside({ offset, place: 'repair', error: 'repair: set aside by hand' })
    console.log(
      `The ${frame.type} frame of ${frame.appliance || 'the service'} at ${offset} goes into the quarantine at the next start.`,
    )
    return
  }
  throw new Problem({
    code: 'no-frame',
    message: `No frame ends at ${offset}.`,
    remedy: '`npm run repair -- --list` shows the offset of each.',
  })
}

/** Frames that end after `from`, as far back as the journal goes. */
async function* framesOf(log: TelemetryLog, from: Offset): AsyncGenerator<Frame> {
  for await (const group of log.read(Math.min(Math.max(from, log.begin), log.end))) {
    for (const frame of decodeGroup(group.bytes)) if (frame.offset > from) yield frame
  }
}
