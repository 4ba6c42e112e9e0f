import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { openDuckDbTelemetryStore, openJournal } from '../index.ts'
import { reading, T0, telemetry } from './telemetryStore.contract.ts'

const dir = mkdtempSync(join(tmpdir(), 'killed-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

/** Settles the journal into a store, from wherever the store stands, without any snapshot; says each commit. */
const consumer = `
  import { writeSync } from 'node:fs'
  import { loadCatalog } from ${JSON.stringify(new URL('../../catalog/index.ts', import.meta.url).href)}
  import { createIngestStage, followLog, openDuckDbTelemetryStore, openJournal } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)}
  const [journal, dir] = process.argv.slice(2)
  const catalog = loadCatalog()
  const log = await openJournal({ dir: journal })
  const store = await openDuckDbTelemetryStore({ dir, catalog, commitEveryMs: 5 })
  const stage = createIngestStage({ catalog, clockKind: 'wall', known: store.known.bind(store), events: store.events.bind(store), latest: store.latest.bind(store) })
  const done = Promise.withResolvers()
  followLog(log, await store.offset(), async (group) => {
    const { batch } = await stage.take(group)
    store.append(batch).then(() => { writeSync(1, batch.upTo + '\\n'); if (batch.upTo === log.end) done.resolve() }, done.reject)
  }, done.reject)
  if (await store.offset() < log.end) await done.promise
  await store.close()
  await log.close()`

test('kill -9 while it stores: every reading settles exactly once, as in a run that nobody killed', async () => {
  const journal = join(dir, 'journal')
  const log = await openJournal({ dir: journal })
  for (let i = 0; i < 120; i++) {
    const from = T0 + (i % 99) * 3 * 60_000
    const of = Array.from({ length: 4 }, (_, k) => reading(from + k * 60_000, i < 60 || k > 1 ? k : i))
    await log.append(telemetry(of, `f${i % 3}`))
    if (i % 7 === 0) await log.append(telemetry({ ts: T0 + (i % 2), type: 'error' }, 'f1', { type: 'event' }))
    if (i % 11 === 0) await log.append(telemetry('junk'))
  }
  await log.close()
  const script = join(dir, 'consumer.ts')
  writeFileSync(script, consumer)
  const run = async (store: string, killAfter: number): Promise<void> => {
    const child = spawn(process.execPath, [script, journal, store], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(child, 'exit')
    let heard = 0
    for await (const _ of createInterface({ input: child.stdout })) if (++heard === killAfter) child.kill('SIGKILL')
    const [code] = await ended
    if (killAfter === Infinity) expect(code).toBe(0)
  }
  const look = async (path: string) => {
    const store = await openDuckDbTelemetryStore({ dir: path, catalog: loadCatalog() })
    const all = { kind: 'fridge', from: 0, to: T0 * 2, points: 10_000 }
    const seen = {
      counters: await store.counters(),
      offset: await store.offset(),
      series: await Promise.all(['f0', 'f1', 'f2'].map((appliance) => store.series({ appliance, ...all }))),
      hours: await store.series({ appliance: 'f1', ...all, points: 5 }),
      recent: await store.series({ appliance: 'f1', ...all, from: T0 }),
      latest: await store.latest(['f0', 'f1', 'f2']),
      events: await store.events('f1', 0, T0 * 2),
      quarantine: await store.quarantine({ limit: 1_000 }),
    }
    await store.close()
    return seen
  }
  const [killed, whole] = [join(dir, 'killed'), join(dir, 'whole')]
  await run(whole, Infinity)
  for (const after of [1, 20, 45]) await run(killed, after)
  await run(killed, Infinity)
  const wanted = await look(whole)
  expect(await look(killed)).toEqual(wanted)
  const { received, stored, duplicates, quarantined } = wanted.counters.readings
  expect(received).toBe(480 + 11)
  expect(received).toBe(stored + duplicates + (quarantined.conflict ?? 0) + (quarantined['bad-json'] ?? 0))
  expect(duplicates).toBeGreaterThan(0)
  expect(quarantined.conflict).toBeGreaterThan(0)
})
