// `npm run bench [-- NAME …]`: each benchmark prints a table; without a name all of them run, one after the other.
import { dispatch } from './dispatch.ts'
import { ingest } from './ingest.ts'
import { latency } from './latency.ts'

const benchmarks: Record<string, () => Promise<void>> = { latency, dispatch, ingest }
const asked = process.argv.slice(2)
for (const name of asked.length > 0 ? asked : Object.keys(benchmarks)) {
  const run = benchmarks[name]
  if (!run) {
    console.error(`There is no benchmark '${name}'. Use one of: ${Object.keys(benchmarks).join(', ')}.`)
    process.exit(1)
  }
  console.log(`— ${name}`)
  await run()
}
