import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, type Database } from '../../core/index.ts'
import { openTestApi, type TestApi } from './openTestApi.ts'
import { onBothDatabases } from './openTestService.ts'

interface Post {
  id: string
  text: string
  likes: number
}

onBothDatabases('community of owners', (open) => {
  let api: TestApi
  let database: Database
  const secrets: Record<string, string> = {}
  beforeAll(async () => {
    const opened = await open()
    database = opened.database
    api = await openTestApi(opened.database, opened.close)
    for (const [id, name, kind] of [
      ['ann', 'Ann', 'fridge'],
      ['bob', 'Bob', 'fridge'],
      ['cat', 'Cat', 'fridge'],
      ['dan', 'Dan', 'fridge'],
      ['wil', 'Wil', 'washer'],
    ] as const) {
      await api.register(id, { kind, owner: { name, contact: `${id}@example.invalid`, language: 'en' } })
      secrets[id] = api.links.path('p', id, id).split('/p/')[1]!
    }
  })
  afterAll(() => api.close())
  const as = (who: string, method: string, path: string, body?: unknown) =>
    api.ask(method, `/api/p/${secrets[who]}${path}`, body, { authorization: '' })
  const posts = async (who: string) => ((await as(who, 'GET', '/posts')).body as unknown as { items: Post[] }).items
  const switchOn = async () => {
    const { rules } = await api.call<{ rules: { rule: string; value: object }[] }>('GET', '/api/policy')
    const { value } = rules.find(({ rule }) => rule === 'members')!
    await api.call('PUT', '/api/policy/members', { value: { ...value, isOn: true }, why: 'we begin' })
  }

  test('S65 off until it is switched on; then a tip is shown once it was read, without a name, and to its kind alone', async () => {
    const tip = { type: 'tip', text: 'Brush the grid with an old paintbrush.' }
    expect(await as('ann', 'POST', '/posts', tip)).toMatchObject({ status: 409, body: { code: 'members-off' } })
    await switchOn()
    const { status, body } = await as('ann', 'POST', '/posts', tip)
    expect(status).toBe(201)
    expect(await posts('bob')).toEqual([])
    const { items } = await api.call<{ items: Post[] }>('GET', '/api/posts')
    expect(items.map(({ text }) => text)).toEqual([tip.text])
    await api.call('POST', `/api/posts/${String(body.id)}/moderate`, { show: true })
    const seen = await posts('bob')
    expect(seen).toMatchObject([{ text: tip.text, likes: 0 }])
    expect(JSON.stringify(seen)).not.toMatch(/ann/i)
    expect(await posts('wil')).toEqual([])
  })

  test('S65 a like counts once a member; a tip that enough others like earns its writer points, once', async () => {
    const [{ id } = { id: '' }] = await posts('bob')
    for (const who of ['bob', 'bob', 'cat', 'dan'])
      expect((await as(who, 'POST', `/posts/${id}/like`, { like: true })).status).toBe(200)
    expect((await posts('cat'))[0]).toMatchObject({ likes: 3 })
    expect((await as('wil', 'POST', `/posts/${id}/like`, { like: true })).status).toBe(404)
    expect((await as('ann', 'GET', '/member')).body).toMatchObject({ balance: 50 })
    await as('ann', 'POST', `/posts/${id}/like`, { like: true })
    expect((await as('ann', 'GET', '/member')).body).toMatchObject({ balance: 50 })
    await api.call('POST', `/api/posts/${id}/moderate`, { show: false })
    expect(await posts('bob')).toEqual([])
  })

  test('S65 H whoever likes their own tip brings it no nearer to its points', async () => {
    const { body } = await as('cat', 'POST', '/posts', { type: 'tip', text: 'Leave the door open after a wash.' })
    await api.call('POST', `/api/posts/${String(body.id)}/moderate`, { show: true })
    const like = async (who: string) => {
      expect((await as(who, 'POST', `/posts/${String(body.id)}/like`, { like: true })).status).toBe(200)
      return (await as('cat', 'GET', '/member')).body.balance as unknown
    }
    for (const who of ['cat', 'ann', 'bob']) expect(await like(who)).toBe(0)
    expect(await like('dan')).toBe(50)
  })

  test('S66 H a poll of another model is nobody else’s to vote in, and its words are bounded', async () => {
    const text = (en: string) => ({ en, zh: `中${en}` })
    const poll = { kind: 'fridge', model: 'M9', question: text('Which?'), options: [text('a'), text('b')] }
    const { id } = await api.call<{ id: string }>('POST', '/api/polls', poll)
    expect((await as('ann', 'POST', `/polls/${id}/vote`, { option: 1 })).status).toBe(404)
    for (const question of [text('x'.repeat(501)), { en: '', zh: '' }])
      expect((await api.ask('POST', '/api/polls', { ...poll, question })).status).toBe(400)
  })

  test('S65 G a list that shows some of many says that there are more', async () => {
    const list = () => api.call<{ items: Post[]; more?: true }>('GET', '/api/posts?state=hidden')
    const { length: known } = (await list()).items
    const add = (count: number, name: string) =>
      database.transaction(async (tx) => {
        const rows = Array.from({ length: count }, (_, i) => ({ id: `${name}-${i}`, text: `${name} ${i}` }))
        const same = {
          member: 'm',
          kind: 'fridge',
          type: 'tip',
          at: api.clock.now(),
          state: 'hidden',
          moderatedBy: null,
        }
        await tx
          .insertInto('memberPost')
          .values(rows.map((row) => ({ ...row, ...same })))
          .execute()
      })
    await add(100 - known, 'many')
    expect((await list()).items).toHaveLength(100)
    expect((await list()).more).toBeUndefined()
    await add(1, 'more')
    expect(await list()).toMatchObject({ items: { length: 100 }, more: true })
  })

  test('S66 one member, one vote a poll; results are on the product’s page', async () => {
    const text = (en: string) => ({ en, zh: `中${en}` })
    const poll = await api.call<{ id: string }>('POST', '/api/polls', {
      kind: 'fridge',
      question: text('Which colour?'),
      options: [text('white'), text('steel')],
      days: 10,
    })
    const vote = (who: string, option: number) => as(who, 'POST', `/polls/${poll.id}/vote`, { option })
    const at_once = await Promise.all([vote('ann', 1), vote('ann', 1), vote('ann', 0)])
    expect(at_once.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    expect((await vote('bob', 0)).status).toBe(200)
    expect((await vote('cat', 0)).status).toBe(200)
    expect((await vote('cat', 5)).status).toBe(404)
    expect((await vote('wil', 0)).status).toBe(404)
    const { items } = await api.call<{ items: { id: string; votes: number[] }[] }>(
      'GET',
      '/api/polls?kind=fridge&model=M1',
    )
    expect(items.find(({ id }) => id === poll.id)!.votes.reduce((sum, one) => sum + one, 0)).toBe(3)
    api.clock.advanceTo(api.clock.now() + 11 * DAY)
    expect(await vote('dan', 1)).toMatchObject({ status: 409, body: { code: 'poll-ended' } })
  })
})
