import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkShape } from './checkShape.ts'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hearthwatch-shape-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))
async function write(files: Record<string, string>): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true })
    await writeFile(join(root, file), text)
  }
}

test('a circle of imports is named with its way, also where only types go round', async () => {
  await write({
    'core/a.ts': "import type { B } from './b.ts'\nexport type A = B\n",
    'core/b.ts': "import { c } from './c.ts'\nexport type B = typeof c\n",
    'core/c.ts': "import type { A } from './a.ts'\nexport const c = 1 as unknown as A\n",
  })
  expect(checkShape(root)).toEqual(['core/a.ts → core/b.ts → core/c.ts → core/a.ts: a circle'])
})

test('a table is asked for by its own room; what core declares stands between rooms', async () => {
  await write({
    'core/database.ts': 'export interface Tables {\n  outbox: { key: string }\n}\n',
    'alerts/t.ts': "declare module '../core/database.ts' {\n  interface Tables {\n    alert: { id: string }\n  }\n}\n",
    'service/s.ts': "q.selectFrom('alert')\nq.selectFrom('outbox')\n",
    'alerts/own.ts': "q.insertInto('alert')\n",
    'service/t.ts':
      "q.selectFrom('alert as a')\nq.selectFrom(['outbox', 'alert as a'])\nsql`select 1 from alert`\nsql<1>`from outbox`\n",
  })
  const said = "asks for 'alert', which is alerts's table: use its door"
  expect(checkShape(root)).toEqual([1, 1, 2, 3].map((line, i) => `service/${i === 0 ? 's' : 't'}.ts:${line} ${said}`))
})

test('a folder of 26 files and a file of 351 lines are too much', async () => {
  const files = Array.from({ length: 26 }, (_, i): [string, string] => [`core/f${i}.ts`, '\n'])
  await write({ ...Object.fromEntries(files), 'alerts/long.ts': '\n'.repeat(351) })
  expect(checkShape(root).sort()).toEqual([
    'alerts/long.ts has 351 lines: 350 at most',
    'core/ has 26 files: 25 at most',
  ])
})

test('former names are found in exports and files, and not in prose', async () => {
  await write({
    'core/a.ts':
      '/** Fare well, Judged. */\nexport class Judged {}\nexport abstract class Minds {}\nexport { a, b as Pump }\n',
    'core/patience.ts': '\n',
  })
  expect(checkShape(root)).toEqual([
    'core/a.ts:2 Judged: a former name, docs/glossary.md has the one we use',
    'core/a.ts:3 Minds: a former name, docs/glossary.md has the one we use',
    'core/a.ts:4 Pump: a former name, docs/glossary.md has the one we use',
    'core/patience.ts: a former name, docs/glossary.md has the one we use',
  ])
})

test('one folder asks for tickets, also in a migration', async () => {
  await write({
    'service/a.ts': "q.selectFrom('ticket')\n",
    'service/tickets/store/own.ts': "q.selectFrom('ticket')\n",
    'service/m.ts': "export const m: DatabaseMigration[] = [\n  { up: (db) => db.updateTable('ticket') },\n]\n",
  })
  expect(checkShape(root)).toEqual([
    "service/a.ts:1 asks for 'ticket': service/tickets/store/ has what is asked",
    "service/m.ts:2 asks for 'ticket': service/tickets/store/ has what is asked",
  ])
})
