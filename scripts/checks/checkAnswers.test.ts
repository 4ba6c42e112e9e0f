import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkAnswers } from './checkAnswers.ts'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hearthwatch-answers-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))
async function write(files: Record<string, string>): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true })
    await writeFile(join(root, file), text)
  }
}

test('a route that declares no answer, or another call’s, is named; what is no JSON stands in a list of its own', async () => {
  await write({
    'dashboards/api/answers/index.ts': "export const otherMedia = {\n  'GET /api/stream': ['text/event-stream'],\n}\n",
    'dashboards/api/routes/a.ts': [
      "app.get('/api/a', { schema: { response: { 200: answers['GET /api/a'] } } }, () => 1)",
      'app.post(',
      "  '/api/a', { schema: {} }, () => 1)",
      "app.get('/api/b', { schema: { response: { 200: answers['GET /api/a'] } } }, () => 1)",
      "app.get('/api/stream', { schema: {} }, () => 1)",
    ].join('\n'),
  })
  expect(checkAnswers(root)).toEqual([
    'dashboards/api/routes/a.ts:2 POST /api/a declares no answer: see dashboards/api/answers/',
    'dashboards/api/routes/a.ts:4 GET /api/b declares no answer: see dashboards/api/answers/',
  ])
})

test('pages give answers no type of their own, cast none, and fetch in one place', async () => {
  await write({
    'dashboards/web/src/api.ts': 'export type Ticket = Answer<1>\nawait fetch(address)\n',
    'dashboards/web/src/Good.tsx':
      "const { data } = useCall('GET /api/a', {})\nconst id = useParams() as { id: string }\n",
    'dashboards/web/src/Bad.tsx': [
      "useCall<Ticket>('/api/a')",
      'const one = (await response.json()) as Ticket',
      'const two = data as Ticket',
      "fetch('/api/a')",
    ].join('\n'),
  })
  expect(checkAnswers(root).map((line) => line.slice(0, line.lastIndexOf(':')))).toEqual([
    'dashboards/web/src/Bad.tsx:1 useCall<',
    'dashboards/web/src/Bad.tsx:2 .json()) as',
    'dashboards/web/src/Bad.tsx:2 as Ticket',
    'dashboards/web/src/Bad.tsx:3 as Ticket',
    'dashboards/web/src/Bad.tsx:4 fetch(',
  ])
})
