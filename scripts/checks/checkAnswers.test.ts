import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkAnswers } from './checkAnswers.ts'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hearthwatch-answers-'))
  await write({
    'dashboards/api/answers/index.ts': "export const otherMedia = {\n  'GET /api/stream': ['text/event-stream'],\n}\n",
  })
})
afterEach(() => rm(root, { recursive: true, force: true }))
async function write(files: Record<string, string>): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true })
    await writeFile(join(root, file), text)
  }
}
const good = "schema: { response: { 200: answers['GET /api/rules'] } }"

test('a route that declares no answer, or another call’s, is named; what is no JSON stands in a list of its own', async () => {
  await write({
    'dashboards/api/routes/a.ts': [
      "app.get('/api/a', { schema: { response: { 200: answers['GET /api/a'] } } }, () => 1)",
      'app.post(',
      "  '/api/a', { schema: {} }, () => 1)",
      "app.get('/api/b', { schema: { response: { 200: answers['GET /api/a'] } } }, () => 1)",
      "app.get('/api/stream', { schema: {} }, (_, reply) => reply.hijack())",
    ].join('\n'),
  })
  expect(checkAnswers(root)).toEqual([
    'dashboards/api/routes/a.ts:2 POST /api/a declares no answer: see dashboards/api/answers/',
    'dashboards/api/routes/a.ts:4 GET /api/b declares no answer: see dashboards/api/answers/',
  ])
})

/** Forms that a text search does not see. */
test.each([
  ['no schema', "app.get('/api/rules', () => 1)"],
  ['said in a comment', "app.get('/api/rules', { schema: {} /* answers['GET /api/rules'] */ }, () => 1)"],
  [
    'for a refusal alone',
    "app.get('/api/rules', { schema: { response: { 409: answers['GET /api/rules'] } } }, () => 1)",
  ],
  [
    'one status of two',
    "app.get('/api/rules', { schema: { response: { 200: answers['GET /api/rules'], 201: z.any() } } }, () => 1)",
  ],
  [
    'widened',
    "app.get('/api/rules', { schema: { response: { 200: answers['GET /api/rules'].or(z.any()) } } }, () => 1)",
  ],
  ['by another name', "scope.get('/api/rules', { schema: {} }, () => 1)"],
  ['by its method', "app.route({ method: 'GET', url: '/api/rules', schema: {}, handler: () => 1 })"],
  ['a path that is put together', 'app.get(`/api/$'.concat('{what}`, { schema: {} }, () => 1)')],
  ['a path with a name', 'app.get(RULES, { schema: {} }, () => 1)'],
])('a route declares its answer: found is %s', async (_, route) => {
  for (const room of ['rules', 'campaigns', 'network'])
    await write({ [`dashboards/api/routes/care/${room}.ts`]: `\n${route}\n` })
  expect(checkAnswers(root)).toEqual(
    ['campaigns', 'network', 'rules'].map((room) => expect.stringContaining(`${room}.ts:2 `)),
  )
})

test.each([
  ['a text', 'reply.send(JSON.stringify({ items }))'],
  ['bytes', 'reply.send(Buffer.from(text))'],
  ['written out', "reply.type('application/json').send('{}')"],
  ['put together', 'reply.send(`{"id":"$'.concat('{id}"}`)')],
  ['a serializer of its own', 'reply.serializer(String).send({})'],
  ['taken away', 'reply.hijack()'],
  ['below the server', "reply.raw.end('{}')"],
  ['with a status that is not declared', 'reply.code(202).send({ anything: 1 })'],
])('an answer is not sent round what its route declares: found is %s', async (_, sent) => {
  await write({
    'dashboards/api/routes/care/rules.ts': `app.get('/api/rules', { ${good} }, (_, reply) =>\n  ${sent})\n`,
  })
  expect(checkAnswers(root)).toEqual([
    expect.stringMatching(/^dashboards\/api\/routes\/care\/rules\.ts:2 .*an answer is sent as its route declares it$/),
  ])
})

test('pages give answers no type of their own, cast none, and fetch in one place', async () => {
  await write({
    'dashboards/web/src/api.ts': 'export type Ticket = Answer<1>\nawait fetch(address)\n',
    'dashboards/web/src/Good.tsx': [
      "import { type Ticket, useCall } from './api.ts'",
      "const { data } = useCall('GET /api/a', {})",
      'const id = useParams() as { id: string }',
      "const season = chosen as Ticket['season']",
      'const plot = [xs, ys] as uPlot.AlignedData',
      'const one = found satisfies Ticket',
    ].join('\n'),
  })
  expect(checkAnswers(root)).toEqual([])
})

test.each([
  ['a type given to a call', "useCall<Ticket>('/api/a')"],
  ['an answer as something', 'const one = (await response.json()) as Ticket'],
  ['data as something', 'const two = data as Ticket'],
  ['through unknown', 'const two = data as unknown as { id: string }'],
  ['a shape of its own', 'const { items } = data as { items: { id: string }[] }'],
  ['a shape of its own, of what is in it', 'const first = data.items[0] as Mine'],
  ['by another name', 'const two = thing as T1'],
  ['by a name that is made of it', 'type Own = Ticket & { more: string }\nconst two = thing as Own'],
  ['many', 'const two = thing as readonly Ticket[]'],
  ['the other form of a cast', 'const two = <Ticket>thing'],
  ['whatever its caller says', 'function cast<T>(what: unknown): T {\n  return what as T\n}'],
  ['by a promise to the compiler', "const isTicket = (what: unknown): what is Ticket => typeof what === 'object'"],
  ['out of JSON', 'const two: Ticket = JSON.parse(text)'],
  ['out of what is kept', 'queries.getQueryData<Ticket>(key)'],
  ['a fetch', "fetch('/api/a')"],
  ['a fetch by another name', 'const get = globalThis.fetch'],
])('pages: found is %s', async (_, line) => {
  const [head, rooms] = [
    "import { type Ticket, type Ticket as T1 } from '../../api.ts'\nconst { data } = useCall('GET /api/a', {})\n",
    ['rules', 'members'],
  ]
  for (const room of rooms) await write({ [`dashboards/web/src/features/${room}/Bad.ts`]: `${head}${line}\n` })
  const said = checkAnswers(root)
  for (const room of rooms) expect(said).toContainEqual(expect.stringContaining(`features/${room}/Bad.ts:`))
  expect(new Set(said.map((one) => one.slice(0, one.indexOf(':')))).size).toBe(2)
})
