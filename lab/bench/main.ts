// `npm run bench [-- NAME …]`: each benchmark prints a table; without a name all but the long ones, one after the other.
import { readOptions } from '../../scripts/commandOptions.ts'
import { connections } from './connections.ts'
import { dispatch } from './dispatch.ts'
import { ingest } from './ingest.ts'
import { journal } from './journal.ts'
import { latency } from './latency.ts'
import { preview } from './preview.ts'
import { recovery } from './recovery.ts'
import { scoring } from './scoring.ts'
import { soak } from './soak.ts'
import { start } from './start.ts'
import { store } from './store.ts'

const benchmarks: Record<string, () => Promise<void>> = {
  latency,
  dispatch,
  ingest,
  connections,
  journal,
  scoring,
  store,
  recovery,
}
/** Minutes, and half an hour and more: only when asked for by name. */
const long: typeof benchmarks = { soak, start, preview }
const all = new Map(Object.entries({ ...benchmarks, ...long }))
const { words } = readOptions('npm run bench', {}, [...all.keys()])
for (const name of words.length > 0 ? words : Object.keys(benchmarks)) {
  console.log(`— ${name}`)
  await all.get(name)?.()
}
