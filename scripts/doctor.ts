// `npm run doctor`, with the settings of the service: looks at disk, clock, rights, ports, journal, databases, keys, servers and,
// where it runs, at the service itself, and says of each what is wrong and what to do. Changes nothing. Exit code 1: something fails.
import { readSettings } from '../core/index.ts'
import { examine } from '../workers/doctor/examine.ts'
import { adminTokenOf } from '../workers/runningService.ts'
import { endInWords } from './endInWords.ts'

const marks = { ok: '✓', warn: '!', fail: '✗' }

await endInWords(async () => {
  const settings = readSettings(process.env)
  const found = await examine(settings, await adminTokenOf(settings))
  for (const { what, state, says, remedy } of found)
    console.log(`${marks[state]} ${what}: ${says}${remedy ? `\n    ${remedy}` : ''}`)
  const [failed, warned] = (['fail', 'warn'] as const).map((state) => found.filter((one) => one.state === state).length)
  console.log(failed || warned ? `${failed} fail, ${warned} to know of` : 'all is well')
  if (failed) process.exitCode = 1
})
