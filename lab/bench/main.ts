// `npm run bench [-- NAME …]`: each benchmark prints a table; without a name all but the long ones, one after the other.
import { connections } from './connections.ts'
import { dispatch } from './dispatch.ts'
import { ingest } from './ingest.ts'
import { journal } from './journal.ts'
import { latency } from './latency.ts'
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
/** Half an hour and more: only when asked for by name. */
const long: typeof benchmarks = { soak, start }
const asked = process.argv.slice(2)
for (const name of asked.length > 0 ? asked : Object.keys(benchmarks)) {
  const run = benchmarks[name] ?? long[name]
  if (!run) {
    console.error(
      `There is no benchmark '${name}'. Use one of: ${[...Object.keys(benchmarks), ...Object.keys(long)].join(', ')}.`,
    )
    process.exit(1)
  }
  console.log(`— ${name}`)
  await run()
}
