import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { checkSource } from './checkSource.ts'

const dir = await mkdtemp(join(tmpdir(), 'hearthwatch-source-'))
afterAll(() => rm(dir, { recursive: true, force: true }))

/** What the check says of one file of the room `service`. */
async function said(line: string): Promise<string[]> {
  await mkdir(join(dir, 'service'), { recursive: true })
  await writeFile(join(dir, 'service', 'one.ts'), `${line}\n`)
  return checkSource(dir).problems
}

test('what a column holds is read by its schema; what a migration reads has none any more', async () => {
  expect(await said('const task = JSON.parse(row.body) as Task')).toEqual([
    'service/one.ts:1 a column’s JSON is read by its schema: use jsonColumn',
  ])
  expect(await said('const parts = new Set((JSON.parse(String(text)) as { a: string }).a)')).toHaveLength(1)
  expect(await said('const body = column.read(JSON.parse(text) as unknown)')).toEqual([])
  expect(
    await said('export const m: DatabaseMigration[] = [\n  { up: (row) => save(JSON.parse(row.body) as Old) },\n]'),
  ).toEqual([])
})

test('a room is entered by its door, or by what a thread must load alone', async () => {
  await mkdir(join(dir, 'core', 'running'), { recursive: true })
  for (const file of ['one', 'portCall']) await writeFile(join(dir, 'core', 'running', `${file}.ts`), 'export {}\n')
  expect(await said("import '../core/running/portCall.ts'")).toEqual([])
  expect(await said("import '../core/running/one.ts'")).toEqual([
    'service/one.ts:1 imports past the door: use core/index.ts',
  ])
})

test('who puts rooms together enters by their doors, too; who measures them looks inside', async () => {
  expect(await said('export {}')).toEqual([])
  for (const room of ['workers', 'lab']) await mkdir(join(dir, room), { recursive: true })
  const inside = "import '../service/one.ts'\n"
  for (const file of ['workers/one.ts', 'workers/one.test.ts', 'lab/one.ts']) await writeFile(join(dir, file), inside)
  await writeFile(join(dir, 'main.ts'), "import './service/index.ts'\nimport './service/one.ts'\n")
  const { problems } = checkSource(dir)
  for (const room of ['workers', 'lab', 'main.ts']) await rm(join(dir, room), { recursive: true })
  expect(problems.toSorted()).toEqual([
    'main.ts:2 imports past the door: use service/index.ts',
    'workers/one.ts:1 imports past the door: use service/index.ts',
  ])
})

test.each([
  'const known = part in kind.parts',
  'if (!(failureMode in modes)) refuse()',
  'const found = names.filter((name) => name in known)',
  'const schema = z.record(z.string(), z.number())',
  'const counts: Record<string, number> = {}',
  'const counts = rows.reduce((sum, row) => sum, {} as Record<string, number>)',
])('names from outside are data: refused is %s', async (line) => {
  expect(await said(line)).toEqual([expect.stringContaining('names from outside are data')])
})

test.each([
  "if ('refused' in how) return",
  'for (const name in metrics) take(name)',
  "const words = 'part in kind.parts'",
  '// a part in kind.parts',
  'const known = Object.hasOwn(kind.parts, part)',
])('and allowed is %s', async (line) => {
  expect(await said(line)).toEqual([])
})

test('a field of one language is made by core/ids.ts, and what old rows hold is read by a migration', async () => {
  expect(await said('return { why: said.en, whyZh: said.zh }')).toEqual(['service/one.ts:1 whyZh: use inLanguages'])
  expect(await said('const { textZh } = line')).toHaveLength(1)
  expect(await said("const label = t('members.questionZh')")).toEqual([])
  expect(await said('export const m: DatabaseMigration[] = [\n  { up: ({ whyZh }) => keep(whyZh) },\n]')).toEqual([])
})
