// The histories of a hundred simulated tickets, as the API says them in both languages.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { HistoryCode } from '../../core/index.ts'
import { openTestApi, type TestApi } from './openTestApi.ts'
import { onBothDatabases } from './openTestService.ts'
import { takeSeldomSteps } from './seldomSteps.ts'
import { openTown, ownWords } from './town.ts'

const SEED = 64
const TICKETS = 100
interface Told {
  history: { why: string; whyZh: string; code: string; quotes?: true }[]
  candidates: { reasons: string[]; reasonsZh: string[]; rejectedBecause?: string; rejectedBecauseZh?: string }[]
  candidatesNote?: string
  candidatesNoteZh?: string
  bill?: { lines: { text: string; textZh: string; clause?: { en: string; zh: string } }[] }
}

// biome-ignore format: one word each
/** Every step that a history may tell, so that one which is never taken here does not compile; `false`: of histories from before reasons had codes. */
const steps: Record<HistoryCode, boolean> = {
  'alert-opened': true, 'alert-again': true, 'rule-spoke': true, 'care-due': true, 'inspection-contracted': true,
  'alert-joined': true, 'alert-while-verifying': true, 'owner-asked': true, 'owner-to-call': true, 'no-owner': true,
  'another-finding': true, grown: true, 'reason-gone': true, 'reason-weaker': true, 'reason-back': true,
  agreed: true, 'agreed-with-time': true, reported: true, 'also-reported': true, 'fault-again': true,
  'reported-by-owner': true, 'owner-reports-too': true, 'recall-free': true, 'best-of': true, 'by-hand': true,
  'by-day-plan': true, taken: true, arrived: true, left: true, 'left-undone': true, 'no-safe-earth': true,
  'earth-failed': true, 'earth-safe': true, 'safety-first': true, spoke: true, reached: true,
  'message-received': true, 'nobody-reached': true, 'not-contacted': true, 'still-no-contact': true,
  'second-deadline': true, 'nobody-home': true, 'waits-for-parts': true, 'parts-there': true, 'signal-back': true,
  'fixed-remotely': true, 'fixed-by-owner': true, 'signal-not-back': true, 'no-answer': true, 'no-call-back': true,
  'rating-expired': true, rated: true, 'called-solved': true, 'called-unsolved': true, 'not-solved': true,
  'declined-by-owner': true, 'cancelled-by-owner': true, 'bill-confirmed': true, payment: true, 'swap-claimed': true,
  'bill-contested': true, complaint: true, unaccounted: true, 'command-sent': true, 'command-done': true,
  'command-failed': true, 'command-late': true, 'command-unanswered': true, 'remote-proof': true,
  'test-begins': true, 'test-showed': true, 'test-without-result': true, 'test-unanswered': true,
  'questions-asked': true, 'questions-answered': true, 'questions-unanswered': true, 'waits-for-evidence': true,
  'evidence-stands': true, 'guide-helped': true, 'guide-no-help': true, 'not-a-fault': true, 'marked-known': true,
  'marked-not-worth': true, 'closed-with': true, 'former-owner': true, 'engineer-refused': true,
  'appliance-retired': true, said: true, 'legacy-text': false, text: false,
}

onBothDatabases('histories', (open) => {
  let api: TestApi
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
    const town = await openTown(api, SEED)
    while (town.made < TICKETS) await town.step()
    await town.rest()
    await takeSeldomSteps(api)
  }, 400_000)
  afterAll(() => api.close())

  test(`S64 ${TICKETS} tickets (seed ${SEED}) say why in both languages, and nothing English in Chinese but names`, async () => {
    const { items } = await api.call<{ items: Told[] }>('GET', '/api/tickets?limit=1000')
    expect(items.length).toBeGreaterThan(TICKETS)
    const pairs = items.flatMap(({ history, candidates, candidatesNote, candidatesNoteZh, bill }) => [
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
    const told = new Set(items.flatMap(({ history }) => history.map(({ code }) => code)))
    expect([...told].sort()).toEqual(
      Object.entries(steps)
        .flatMap(([code, isTaken]) => (isTaken ? [code] : []))
        .sort(),
    )
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
    // A person's own words stay as they were written: what stands around them is ours.
    const around = items.flatMap(({ history }) =>
      history.flatMap(({ quotes, whyZh }) =>
        quotes ? [[...names, ...ownWords].reduce((text, one) => text.replaceAll(one, ''), whyZh)] : [],
      ),
    )
    expect(around.length).toBeGreaterThan(TICKETS / 4)
    expect(around.filter((text) => /[A-Za-z]{2,}/.test(text))).toEqual([])
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
    ...api.sent.map(({ id }) => id),
    'ru-1',
    'UTC',
  ]
  return [...new Set(names)].sort((a, b) => b.length - a.length)
}
