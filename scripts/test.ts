// `npm test`: gets the real servers that tests need, then runs every test. CI=true makes a skip a failure.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { fetchChromium, fetchServers } from '../test/servers/servers.ts'

mkdirSync('.cache', { recursive: true })
// Here and not in the tests: several of them at once would be in each other's way.
fetchServers()
fetchChromium()
const report = '.cache/test-report.json'
const run = spawnSync(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit' },
)
const result = JSON.parse(readFileSync(report, 'utf8')) as {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numFailedTestSuites: number
}
if (result.numPendingTests > 0) console.log(`${result.numPendingTests} tests were skipped; each says why above.`)
process.exit(run.status ?? 1)
