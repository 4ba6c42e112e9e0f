import { expect, test } from 'vitest'
import { DAY, HOUR } from '../../core/index.ts'
import { campaignTemplates, readPolicy } from '../../service/index.ts'
import type { Chore } from '../appliances/cleaning.ts'
import { CareOwners, type Letter } from './careOwners.ts'

const homes = Array.from({ length: 400 }, (_, i) => `home-${i}`)
const start = Date.UTC(2026, 3, 1)

/** One appliance of a kind in each of 400 homes, whose owners say what they do. */
function village(kind: string) {
  const said: { path: string; body: { purpose?: string; given?: boolean; text?: string } }[] = []
  const cleaned: { appliance: string; chore: Chore; care: number }[] = []
  const owners = new CareOwners({
    seed: 7,
    appliances: homes.map((homeId) => ({ id: `${kind}-of-${homeId}`, kind, homeId })),
    faultsOf: () => [],
    clean: (appliance, chore, care) => cleaned.push({ appliance, chore, care }),
    api: {
      async call(_method, path, body) {
        said.push({ path, body: body as (typeof said)[number]['body'] })
        return {} as never
      },
    },
  })
  const letters = (key: string, subject: string, text: string): Letter[] =>
    homes.map((home) => ({ key: `${key}/${kind}-of-${home}`, appliance: `${kind}-of-${home}`, subject, text }))
  return { owners, said, cleaned, letters }
}

test('a home agrees to each purpose by itself, and is asked once', async () => {
  const { owners, said } = village('ac')
  await owners.consent()
  const tips = said.filter(({ body }) => body.purpose === 'care-tips').length
  expect(tips).toBeGreaterThan(400 * 0.5)
  expect(tips).toBeLessThan(400 * 0.7)
  expect(said.every(({ body }) => body.given)).toBe(true)
  expect(new Set(said.map(({ path, body }) => `${path} ${body.purpose}`)).size).toBe(said.length)
})

// What the product ships is what owners must understand, in both languages; a text of other words asks nothing of them.
test.each(['en', 'zh'] as const)('the words that ship are understood by what they say (%s)', async (language) => {
  const wanted: Record<string, Chore> = {
    'drum-clean': 'hot-wash',
    descale: 'descale',
    'filter-clean': 'rinse-filter',
    'condenser-dust': 'brush-back',
    summer: 'rinse-filter',
    energy: 'brush-back',
  }
  const ships = [
    ...readPolicy().carePlans.map(({ id, kind, text, owner }) => ({ id, kind, title: text, body: owner })),
    ...campaignTemplates.map(({ id, campaign: { segment, title, body } }) => ({
      id,
      kind: segment.kinds[0] ?? 'fridge',
      title,
      body,
    })),
  ]
  for (const { id, kind, title, body } of ships) {
    const { owners, cleaned, letters, said } = village(kind)
    await owners.act(start, letters(`care/${id}`, title[language], body[language]))
    await owners.act(start + 11 * DAY, [])
    expect([id, [...new Set(cleaned.map(({ chore }) => chore))]]).toEqual([id, wanted[id] ? [wanted[id]] : []])
    if (wanted[id]) {
      // Some never do it, most of the others do.
      expect(cleaned.length).toBeGreaterThan(400 * 0.3)
      expect(cleaned.length).toBeLessThan(400 * 0.5)
    }
    expect([id, said.length > 0]).toEqual([id, id === 'safety-test' || id === 'summer'])
  }
})

test('nobody does it at once, and who is sent too much does less of it, and takes consent back', async () => {
  const rinse = 'Rinse the filter of your air conditioner.'
  const { owners, cleaned, letters, said } = village('ac')
  await owners.act(start, letters('campaign/0', 'Filter', rinse))
  expect(cleaned).toEqual([])
  await owners.act(start + HOUR, [])
  expect(cleaned).toEqual([])
  const done: number[] = []
  for (let nth = 1; nth <= 5; nth++) {
    const before = cleaned.length
    await owners.act(start + nth * 11 * DAY, letters(`campaign/${nth}`, 'Filter', rinse))
    done.push(cleaned.length - before)
  }
  expect(done[0]).toBeGreaterThan(3 * (done[4] ?? 0))
  expect(owners.truth.withdrawn).toBeGreaterThan(0)
  expect(said.filter(({ body }) => body.given === false).length).toBe(owners.truth.withdrawn)
})

test('the same owners do the same again', async () => {
  const [one, other] = await Promise.all(
    [1, 2].map(async () => {
      const { owners, cleaned, letters } = village('fridge')
      await owners.act(start, letters('care/x', 'Clean', 'brush the dust off the back of your fridge'))
      await owners.act(start + 12 * DAY, [])
      return cleaned
    }),
  )
  expect(one).toEqual(other)
  expect(one?.length).toBeGreaterThan(0)
})
