// FIELD D: whoever registers is told which field is wrong, of one appliance as of many.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'

let dataDir: string
let program: Program
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir)
})
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
})

const one = { id: 'd13', kind: 'fridge', model: 'Test' }
test.each([
  [{ ...one, reports: 'sometimes' }, 'body/reports', /on-change/],
  [{ ...one, heartbeatSeconds: -1 }, 'body/heartbeatSeconds', /Too small/],
  [{ ...one, owner: { name: 'Ada', contact: 5 } }, 'body/owner/contact', /expected string/],
  [{ ...one, units: { power: 7 } }, 'body/units/power', /expected string/],
  [{ ...one, timeZone: 'Mars/Olympus' }, 'body/timeZone', /IANA/],
  [{ kind: 'fridge', model: 'Test' }, 'body/id', /expected string/],
  [[one, { ...one, id: 'd13-2', cadenceSeconds: 0 }], 'body/1/cadenceSeconds', /Too small/],
  [[], 'body', /Invalid input|Too small|>=1/],
  ['fridge', 'body', /Invalid input/],
])('D13 %j is refused for %s', async (body, concerns, why) => {
  const response = await fetch(`${program.url}/api/appliances`, {
    method: 'POST',
    headers: { authorization: `Bearer ${program.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const problem = (await response.json()) as { code: string; concerns: string; title: string }
  expect([response.status, problem.code, problem.concerns]).toEqual([400, 'bad-request', concerns])
  expect(problem.title).toMatch(why)
})
