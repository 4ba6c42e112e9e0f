import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { readPolicy } from '../../service/index.ts'
import { careTables } from './caredYear.ts'
import { runYear } from './runYear.ts'
import { figuresOf, yearTable } from './yearReport.ts'

const start = Date.UTC(2026, 0, 5)
const days = 45
const live = (seed: number, watched = true, nearest = false) =>
  runYear({
    catalog: loadCatalog(),
    rules: {},
    modelsDir: fileURLToPath(new URL('../../models', import.meta.url)),
    appliances: 9,
    days,
    seed,
    start,
    faultsPerYear: 12,
    coarse: 5,
    threads: 1,
    watched,
    nearest,
  })
/** What no two runs share: links to owners' pages, and the names of commands. */
const told = (year: Awaited<ReturnType<typeof live>>): string =>
  JSON.stringify(year.tickets, (key, value: unknown) =>
    ['ownerLink', 'secret', 'command'].includes(key) ? undefined : value,
  )

test('the dispatcher that ours is measured by gives every job by hand to whoever lives nearest', {
  timeout: 600_000,
}, async () => {
  const { tickets } = await live(11, true, true)
  const visited = tickets.filter(({ visit }) => visit)
  expect(visited.length).toBeGreaterThan(0)
  for (const { history } of visited) expect(history.some(({ why }) => why.includes('lives nearest'))).toBe(true)
})

test('a simulated year turns the whole loop, the same for the same seed, and is counted beside one without prediction', {
  timeout: 600_000,
}, async () => {
  const year = await live(11)
  const again = await live(11)
  expect(told(again)).toBe(told(year))
  expect(again.faults).toEqual(year.faults)
  const blind = await live(11, false)
  expect(year.tickets.some(({ source }) => source === 'predicted')).toBe(true)
  expect(blind.tickets.every(({ source }) => source === 'reported')).toBe(true)
  expect(year.tickets.some(({ closure }) => closure && closure.parts.length > 0)).toBe(true)
  const figures = [year, blind].map((one) => figuresOf(one, start, days))
  expect(figures[0]?.tickets).toBe(year.tickets.length)
  expect(figures[1]?.predicted).toBe(0)
  for (const { fixedInOneVisit } of figures) expect(Number.isNaN(fixedInOneVisit) || fixedInOneVisit <= 1).toBe(true)
  const table = yearTable(
    figures.map((one, i) => ({ name: `world ${i}`, years: [one] })),
    9,
  )
  expect(table).toContain('| failures (a fault reached its end) | −30 % |')
})

test('owners who are told before the summer do something of it, and some of them are told nothing so that it can be seen', {
  timeout: 600_000,
}, async () => {
  const april = Date.UTC(2026, 3, 1)
  const { members } = readPolicy()
  const { care } = await runYear({
    catalog: loadCatalog(),
    rules: { members: { ...members, isOn: true } },
    modelsDir: fileURLToPath(new URL('../../models', import.meta.url)),
    appliances: 18,
    days: 14,
    seed: 7,
    start: april,
    faultsPerYear: 0.8,
    coarse: 5,
    threads: 1,
    watched: true,
    cared: true,
  })
  const summer = care?.campaigns.find(({ id }) => id === 'summer')
  expect(summer?.told.appliances).toBeGreaterThan(0)
  expect(summer?.control.appliances).toBeGreaterThan(0)
  // No letter box has more than was sent; to some homes nothing can be written.
  const sent = care?.campaigns.reduce((sum, { told }) => sum + told.appliances, care.reminders + care.guides)
  expect(care?.letters).toBeGreaterThan(0)
  expect(care?.letters).toBeLessThanOrEqual(sent ?? 0)
  expect(careTables(care ? [care] : [])).toContain(`| summer | control | ${summer?.control.appliances} |`)
})
