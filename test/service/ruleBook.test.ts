// Rules as they are kept: versions, who did what, and what nobody may arm.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { alertRecords } from '../../alerts/index.ts'
import { checkRule } from '../../analytics/index.ts'
import { loadCatalog } from '../../catalog/index.ts'
import { type Database, type RulePreview, ruleBodySchema } from '../../core/index.ts'
import { openRuleBook, type RuleBook } from '../../service/index.ts'
import { onBothDatabases, openTestService } from '../desk/openTestService.ts'

const bodyOf = (limit: number) =>
  ruleBodySchema.parse({
    name: { en: 'Warm', zh: '温度高' },
    owner: { en: 'It is warm.', zh: '温度偏高。' },
    scope: { kind: 'fridge' },
    severity: 'warning',
    when: { of: 'reading', all: [{ metric: 'cabinetTemp', op: 'above', limit }] },
  })
const preview = (appliances: number, fired: number): RulePreview => ({
  from: 0,
  to: 1,
  appliances,
  fired,
  firings: fired,
  covered: 0,
  costCents: 0,
  rows: 1,
  tookMs: 1,
  examples: [],
})

onBothDatabases('the book of rules', (open) => {
  let database: Database
  let close: () => Promise<void>
  let book: RuleBook
  beforeAll(async () => {
    ;({ database, close } = await open())
    const { clock } = await openTestService(database)
    const catalog = loadCatalog()
    book = openRuleBook({ database, clock, alerts: alertRecords, check: (rule) => checkRule(catalog, rule) })
  })
  afterAll(() => close())
  const controls = async () =>
    (await database.query.selectFrom('control').select('body').orderBy('seq').execute())
      .map(({ body }) => JSON.parse(body))
      .filter(({ type }) => type === 'rule')

  test('a rule is written, looked at, armed, changed, armed again, paused and withdrawn; each step says who', async () => {
    await book.write('warm', bodyOf(8), 'user:rita')
    await expect(book.move('warm', 'arm', 'user:rita', '')).rejects.toMatchObject({ code: 'rule-preview-first' })
    await book.previewed('warm', 1, preview(100, 3))
    expect(await book.move('warm', 'arm', 'user:rita', 'seen in May')).toMatchObject({ state: 'armed', armed: 1 })
    expect(await book.write('warm', bodyOf(9), 'user:otto')).toMatchObject({
      state: 'armed',
      version: 2,
      armed: 1,
      preview: null,
    })
    await expect(book.move('warm', 'arm', 'user:otto', '')).rejects.toMatchObject({ code: 'rule-preview-first' })
    await book.previewed('warm', 2, preview(100, 2))
    await book.move('warm', 'arm', 'user:otto', '')
    await book.move('warm', 'pause', 'user:rita', 'too many')
    await expect(book.move('warm', 'pause', 'user:rita', '')).rejects.toMatchObject({ code: 'rule-moves' })
    const over = await book.move('warm', 'withdraw', 'user:rita', '')
    expect(over).toMatchObject({ state: 'withdrawn', owner: 'user:rita' })
    expect(over.steps.map(({ what, by, version }) => [what, by, version])).toEqual([
      ['write', 'user:rita', 1],
      ['arm', 'user:rita', 1],
      ['write', 'user:otto', 2],
      ['arm', 'user:otto', 2],
      ['pause', 'user:rita', 2],
      ['withdraw', 'user:rita', 2],
    ])
    await expect(book.write('warm', bodyOf(7), 'user:rita')).rejects.toMatchObject({ code: 'rule-withdrawn' })
    expect((await controls()).map(({ id, rule }) => [id, rule?.version])).toEqual([
      ['warm', 1],
      ['warm', 2],
      ['warm', undefined],
    ])
  })

  test('what would speak of half of its scope is not armed, and what no rule may be is not written', async () => {
    await book.write('all', bodyOf(5), 'user:rita')
    await book.previewed('all', 1, preview(10, 5))
    await expect(book.move('all', 'arm', 'user:rita', '')).rejects.toMatchObject({
      code: 'rule-fires-on-everything',
      message: expect.stringContaining('5 of 10'),
    })
    await expect(book.write('never', bodyOf(60), 'user:rita')).rejects.toMatchObject({ code: 'rule-never' })
    await expect(book.get('never')).rejects.toMatchObject({ code: 'not-found' })
  })

  test('detection that has forgotten everything is told again of what runs, and of nothing else', async () => {
    await book.write('two', bodyOf(8), 'user:rita')
    await book.previewed('two', 1, preview(3, 3))
    await book.move('two', 'arm', 'user:rita', '')
    const before = (await controls()).length
    await book.announceAgain()
    expect((await controls()).slice(before)).toMatchObject([{ id: 'two', rule: { version: 1 } }])
    // One that cannot be read keeps nobody from the others.
    await book.write('torn', bodyOf(8), 'user:rita')
    await book.previewed('torn', 1, preview(3, 3))
    await book.move('torn', 'arm', 'user:rita', '')
    await database.transaction((tx) =>
      tx.updateTable('ruleVersion').set({ body: '{"' }).where('rule', '=', 'torn').execute(),
    )
    const then = (await controls()).length
    await book.announceAgain()
    expect((await controls()).slice(then)).toMatchObject([{ id: 'two' }])
    expect((await book.list()).map(({ id }) => id)).toContain('two')
    await expect(book.get('torn')).rejects.toMatchObject({ code: 'row-unreadable' })
  })
})
