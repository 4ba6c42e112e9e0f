// Every call has a place on a page, or is written down here as one for machines.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { routePermissions } from '../dashboards/api/routePermissions.ts'

const WEB = fileURLToPath(new URL('../dashboards/web', import.meta.url))

/** What programs call: appliances, other systems, calendars, browsers by themselves. */
const forMachines = new Set([
  'GET /healthz',
  'GET /readyz',
  'GET /metrics',
  'GET /openapi.json',
  'GET /asyncapi.json',
  'POST /v1/metrics',
  'GET /api/session/oidc/callback',
  'POST /api/payments/:organisation',
  'GET /api/receipts/:id/:proof',
  'POST /api/receipts/:id/:proof',
  'POST /api/push/shown',
  'POST /api/indices',
  'POST /api/models/candidate',
  'GET /api/commands/:id',
  'GET /api/rules/:id',
  'GET /api/campaigns/:id',
  'GET /api/tickets/moves',
  // Its address is put together from that of the owner’s data.
  'GET /api/p/:secret/data',
  // Somebody else's hotline or assistant hands over an owner's own words; our own page asks by the template, for more.
  'POST /api/appliances/:id/report',
  // A bridge that sends for an appliance looks how much it still may; the appliance's page has it with all the rest.
  'GET /api/appliances/:id/quota',
])
interface Source {
  text: string
  /** What stands before the part that is put in, of calls whose last part is a word from elsewhere. */
  prefixes: string[]
  /** Words that stand in quotes in its folder. */
  words: ReadonlySet<string>
}
function sources(): Source[] {
  const files = ['src', 'public'].flatMap((folder) =>
    readdirSync(join(WEB, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(?:tsx?|js)$/.test(file) && !file.endsWith('.test.ts'))
      .map((file) => ({ folder: dirname(join(folder, file)), text: readFileSync(join(WEB, folder, file), 'utf8') })),
  )
  const ofFolder = Map.groupBy(files, ({ folder }) => folder)
  const words = new Map(
    [...ofFolder].map(([folder, of]) => [
      folder,
      new Set(of.flatMap(({ text }) => [...text.matchAll(/'([\w/-]+)'/g)].map(([, word]) => word ?? ''))),
    ]),
  )
  return files.map(({ folder, text }) => ({
    text,
    prefixes: [...text.matchAll(/`((?:GET|POST|PUT|PATCH|DELETE) \/[^`$]*)\$\{/g)].map(([, prefix]) => prefix ?? ''),
    words: words.get(folder) ?? new Set<string>(),
  }))
}

/** Does a page name it: whole; with its last part put in from a word nearby; or as an address with values in it? */
function isCalled(call: string, all: readonly Source[]): boolean {
  const [method = '', path = ''] = call.split(' ')
  const address = new RegExp(`[\`'"]${path.replaceAll('.', '\\.').replace(/:\w+/g, '\\$\\{[^}]+\\}')}[?$\`'"]`)
  return all.some(
    ({ text, prefixes, words }) =>
      text.includes(`'${call}'`) ||
      prefixes.some((prefix) => call.startsWith(prefix) && words.has(call.slice(prefix.length))) ||
      (method === 'GET' && address.test(text)),
  )
}

test('each call of the API has a place on a page, or is for machines', () => {
  const all = sources()
  const calls = Object.keys(routePermissions)
  const nowhere = calls.filter((call) => !isCalled(call, all))
  expect(calls.length).toBeGreaterThan(300)
  expect(nowhere.filter((call) => !forMachines.has(call))).toEqual([])
  // What has found its place, or is gone, is no longer written down.
  expect([...forMachines].filter((call) => !nowhere.includes(call))).toEqual([])
  console.log(`${calls.length - nowhere.length} of ${calls.length} calls have a place`)
})
