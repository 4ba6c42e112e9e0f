// The histories of a hundred simulated tickets, as the API says them in both languages.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApi, type TestApi } from './openTestApi.ts'
import { onBothDatabases } from './openTestService.ts'
import { openTown } from './town.ts'

const SEED = 64
const TICKETS = 100
interface Told {
  history: { why: string; whyZh: string; code: string; quotes?: true }[]
  candidates: { reasons: string[]; reasonsZh: string[]; rejectedBecause?: string; rejectedBecauseZh?: string }[]
  candidatesNote?: string
  candidatesNoteZh?: string
  bill?: { lines: { text: string; textZh: string; clause?: { en: string; zh: string } }[] }
}

onBothDatabases('histories', (open) => {
  let api: TestApi
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
    const town = await openTown(api, SEED)
    while (town.made < TICKETS) await town.step()
    await town.rest()
  }, 300_000)
  afterAll(() => api.close())

  test(`S64 ${TICKETS} tickets (seed ${SEED}) say why in both languages, and nothing English in Chinese but names`, async () => {
    const { items } = await api.call<{ items: Told[] }>('GET', '/api/tickets?limit=1000')
    expect(items).toHaveLength(TICKETS)
    const pairs = items.flatMap(({ history, candidates, candidatesNote, candidatesNoteZh, bill }) => [
      // A person's own words stay as they were written.
      ...history.filter(({ quotes }) => !quotes).map(({ why, whyZh }) => [why, whyZh]),
      ...candidates.flatMap(({ reasons, reasonsZh }) => reasons.map((reason, i) => [reason, reasonsZh[i]])),
      ...candidates.map(({ rejectedBecause, rejectedBecauseZh }) => [rejectedBecause, rejectedBecauseZh]),
      [candidatesNote, candidatesNoteZh],
      ...(bill?.lines ?? []).flatMap(({ text, textZh, clause }) => [
        [text, textZh],
        [clause?.en, clause?.zh],
      ]),
    ])
    const said = pairs.filter(([en]) => en !== undefined)
    expect(said.length).toBeGreaterThan(20 * TICKETS)
    expect(new Set(items.flatMap(({ history }) => history.map(({ code }) => code))).size).toBeGreaterThan(12)
    const names = await namesIn(api)
    const wrong = new Set(
      said.flatMap(([en = '', zh = '']) => {
        const bare = names.reduce((text, name) => text.replaceAll(name, ''), zh)
        return /[\u4e00-\u9fff]/.test(zh) && !/[A-Za-z]{2,}/.test(bare) && !/[\u4e00-\u9fff]/.test(en)
          ? []
          : [`${en} / ${zh}`]
      }),
    )
    expect([...wrong]).toEqual([])
  })
})

/** What people and things are called, the longest first; the grade A+ and `UTC` are called so everywhere. */
async function namesIn(api: TestApi): Promise<string[]> {
  const engineers = await api.people.engineers()
  const depots = await api.people.depots()
  const { items } = await api.call<{ items: { id: string; number: string; appliance: string; alerts: string[] }[] }>(
    'GET',
    '/api/tickets?limit=1000',
  )
  const names = [
    ...engineers.flatMap(({ id, name }) => [id, name]),
    ...depots.map(({ id }) => id),
    ...items.flatMap(({ id, number, appliance, alerts }) => [id, number, appliance, ...alerts]),
    'UTC',
  ]
  return [...new Set(names)].sort((a, b) => b.length - a.length)
}
