import {
  type Alert,
  DAY,
  HOUR,
  localDay,
  MINUTE,
  momentOf,
  type Registration,
  type TicketId,
} from '../../core/index.ts'
import { openCare } from '../../service/index.ts'
import { CARD, type TestApi } from './openTestApi.ts'
import { alertOf, home } from './openTestService.ts'

const ENGINEER = 'sam'
const ZONE = 'Europe/Berlin'
/** Days are counted from a Thursday. */
const mondayAfter = (day: number): number => day + 7 - ((day + 3) % 7)
type Alerting = NonNullable<Parameters<typeof alertOf>[1]>
interface Story extends ReturnType<typeof storyOn> {}

/** Tickets that come to what the people of a town never come to: one small story each, after the town's days. */
export async function takeSeldomSteps(api: TestApi): Promise<void> {
  const skills = ['cooling', 'sealed-system', 'electrical', 'mechanical', 'general']
  await api.people.saveEngineers([{ id: ENGINEER, name: 'Sam', location: home, grade: 'A+', skills }])
  const story = storyOn(api)
  await findingsChange(story)
  await ownersAnswer(story)
  await desksDecide(story)
  await commandsAreSent(story)
  await testsAreRun(story)
  await questionsAreAsked(story)
  await visitsEnd(story)
  await messagesGoAstray(story)
  await appliancesLeave(story)
  await careIsDue(story)
}

function storyOn(api: TestApi) {
  const pages = new Map<string, string>()
  const post = (id: string, what: string, body?: object) => api.call('POST', `/api/tickets/${id}/${what}`, body)
  const see = (id: string) =>
    api.call<{ ownerLink: string; offeredSlots: { from: number; to: number }[] }>('GET', `/api/tickets/${id}`)
  return {
    api,
    post,
    see,
    /** An alert as its table has it, and its ticket. */
    async offered(id: string, over: Alerting = {}, more: Partial<Registration> = {}): Promise<TicketId> {
      await api.register(id, more)
      const failureMode = over.failureMode ?? 'compressor-wear'
      const hypotheses = [{ failureMode, probability: 0.5 }]
      return (await api.alertWithTicket(alertOf(id, { failureMode, hypotheses, ...over }))).id
    },
    async reported(id: string, more: Partial<Registration> = {}): Promise<string> {
      await api.register(id, more)
      const said = { text: '◇', failureMode: 'compressor-wear' }
      return (await api.call<{ id: string }>('POST', `/api/appliances/${id}/report`, said)).id
    },
    /** What its owner does on the page of their link. */
    async owner(id: string, what: string, body?: object): Promise<void> {
      const page = pages.get(id) ?? `/api/t/${(await see(id)).ownerLink.split('/t/')[1]}`
      pages.set(id, page)
      await api.asOwner('POST', `${page}/${what}`, body)
    },
    async visit(id: string, card: object = CARD): Promise<void> {
      await post(id, 'assign', { engineer: ENGINEER, why: '◇' })
      await post(id, 'visit/start')
      await post(id, 'visit/end', { checklist: card })
    },
    closed: (id: string, body: object = {}) => post(id, 'close', { cause: 'compressor-wear', ...body }),
    verified: (ticket: string, appliance: string) =>
      api.database.transaction((tx) =>
        api.desk.verified(tx, [{ ticket, appliance, at: api.clock.now(), outcome: 'passed', evidence: [] }]),
      ),
    /** The newest command of this appliance is answered. */
    answered: (appliance: string, result: 'done' | 'refused', detail?: string) =>
      api.desk.commandAnswered({
        appliance,
        id: api.sent.findLast((one) => one.appliance === appliance)?.id ?? '',
        result,
        ...(detail ? { detail } : {}),
      }),
    /** So much time passes, and the desk looks at what it brings. */
    async pass(ms: number): Promise<void> {
      api.clock.advanceTo(api.clock.now() + ms)
      await api.tick()
    },
  }
}

/** An alert that is known changes, or ends, or another comes. */
async function findingsChange({ api, offered, owner, post, visit, closed, verified }: Story): Promise<void> {
  const changes = (id: string, ticket: TicketId, over: Partial<Alert>) =>
    api.database.transaction((tx) => api.desk.alertChanged(tx, { ...alertOf(id), ticket, ...over }))
  const more = (id: string) => api.ticketFor(alertOf(id, { id: `al-${id}-more`, failureMode: 'door-seal-leak' }))
  await offered('n-joined')
  await more('n-joined')
  await owner(await offered('n-other'), 'decline')
  await more('n-other')
  const slow = { remainingLife: { p10: 400, p50: 600, p90: 900 } }
  const grown = await offered('n-grown', slow)
  await owner(grown, 'decline')
  await changes('n-grown', grown, { severity: 'critical', remainingLife: { p10: 20, p50: 40, p90: 90 } })
  const weak = await offered('n-weak', slow)
  await changes('n-weak', weak, { severity: 'info' })
  await changes('n-weak', weak, { severity: 'warning' })
  const gone = await offered('n-gone')
  await api.database.transaction((tx) => api.desk.alertEnded(tx, { ...alertOf('n-gone'), ticket: gone }))
  const mended = await offered('n-mended')
  await post(mended, 'accept')
  await visit(mended)
  await closed(mended, { verdict: 'confirmed' })
  await more('n-mended')
  await verified(mended, 'n-mended')
  api.clock.advanceTo(api.clock.now() + 3 * DAY)
  await api.ticketFor(alertOf('n-mended', { id: 'al-n-mended-again' }))
  await offered('n-rule', { detector: 'rule/ru-1@2', failureMode: 'unknown' })
}

async function ownersAnswer({ api, offered, owner, reported, see, visit, closed, verified }: Story): Promise<void> {
  const timed = await offered('n-timed')
  const { offeredSlots } = await see(timed)
  await owner(timed, 'accept', { slot: offeredSlots.at(-1) })
  await owner(timed, 'cancel')
  await offered('n-too')
  await reported('n-too')
  const first = await reported('n-again')
  await visit(first)
  await owner(first, 'card', { ticks: { explained: false } })
  await closed(first, { parts: ['compressor'] })
  await owner(first, 'bill/confirm')
  await owner(first, 'bill/contest', { why: '◇' })
  const payment = {
    bill: 'bill-of-before',
    state: 'asked',
    amount: 4_900,
    currency: 'EUR',
    at: api.clock.now(),
  } as const
  await api.database.transaction((tx) => api.desk.pay(tx, first, 'owner', payment))
  const recalled = await reported('n-again')
  await owner(recalled, 'swap')
  await visit(recalled)
  await closed(recalled)
  await owner(recalled, 'not-solved')
  const helped = await offered('n-helped', { failureMode: 'condenser-fouling' })
  await owner(helped, 'guide', { helped: true })
  await verified(helped, 'n-helped')
  await owner(await offered('n-useless', { failureMode: 'condenser-fouling' }), 'guide', { helped: false })
}

/** A desk marks what led to a ticket, chooses by hand, or has somebody retrained; an engineer grabs. */
async function desksDecide({ api, offered, reported, post, pass }: Story): Promise<void> {
  for (const verdict of ['normal-here', 'known', 'not-worth-it']) {
    const id = await offered(`n-${verdict}`, { failureMode: 'door-seal-leak' })
    await post(id, 'mark', { verdict, ...(verdict === 'known' ? { why: '◇' } : {}) })
  }
  const byHand = await reported('n-hand')
  await post(byHand, 'assign', { engineer: ENGINEER, why: '◇' })
  await post(byHand, 'no-show', { why: '◇' })
  await pass(30 * HOUR)
  await pass(30 * HOUR)
  const wanted = await offered('n-wanted')
  // A morning at work that is too far to be planned already.
  const from = momentOf(mondayAfter(localDay(api.clock.now(), ZONE) + 3), 10, ZONE)
  await api.desk.accept(wanted, 'owner', { from, to: from + 2 * HOUR })
  await post(wanted, 'grab', { engineer: ENGINEER })
  await pass(MINUTE)
  await api.call('POST', `/api/engineers/${ENGINEER}/isolate`, { why: '◇' })
  await api.call('POST', `/api/engineers/${ENGINEER}/lift`, { why: '◇' })
}

async function commandsAreSent({ api, offered, post, answered, verified, pass }: Story): Promise<void> {
  const restarted = async (id: string) => {
    const ticket = await offered(id, { failureMode: 'start-relay-failure' })
    await post(ticket, 'remote', { type: 'restart', expiresInSeconds: 600 })
    return ticket
  }
  const done = await restarted('n-done')
  await answered('n-done', 'done')
  await verified(done, 'n-done')
  await restarted('n-refused')
  await answered('n-refused', 'refused', '◇')
  await restarted('n-late')
  await pass(11 * MINUTE)
  await answered('n-late', 'done')
  await api.tick()
}

async function testsAreRun({ api, offered, answered, pass }: Story): Promise<void> {
  const tested = async (id: string) => {
    await offered(id, { failureMode: 'refrigerant-leak', confidence: 0.6 }, { tests: ['pull-down'] })
    await api.tick()
  }
  await tested('n-unable')
  await answered('n-unable', 'refused')
  await tested('n-sound')
  await answered('n-sound', 'done', '{"rate":9.1,"evaporator":-26,"condenserRise":15.8,"fan":1790}')
  await tested('n-silent')
  await pass(46 * MINUTE)
  await pass(48 * HOUR)
}

async function questionsAreAsked({ api, offered, owner, pass }: Story): Promise<void> {
  const rule = 'ownerCheck'
  await api.policies.change({ rule, value: { isOn: true, waitHours: 24 } }, 'test', '◇')
  const asked = (id: string) =>
    offered(id, {
      failureMode: 'door-seal-leak',
      hypotheses: [
        { failureMode: 'door-seal-leak', probability: 0.6 },
        { failureMode: 'refrigerant-leak', probability: 0.3 },
      ],
      confidence: 0.35,
      remainingLife: { p10: 20 * 24, p50: 40 * 24, p90: 80 * 24 },
    })
  await owner(await asked('n-asked'), 'answers', { answers: { 'door-gap': 'no' } })
  await asked('n-unasked')
  await pass(25 * HOUR)
  await api.policies.change({ rule, value: { isOn: false, waitHours: 24 } }, 'test', '◇')
}

/** With something undone; without a safe earth, and then with one. */
async function visitsEnd({ api, reported, visit, closed }: Story): Promise<void> {
  await visit(await reported('n-undone'), { ...CARD, explained: false })
  await visit(await reported('n-earth', { homeId: 'h-earth' }), { ...CARD, safetyTest: 'failed' })
  const { items } = await api.call<{ items: { id: string; source: string }[] }>('GET', '/api/tickets?appliance=n-earth')
  const safety = items.find(({ source }) => source === 'safety')?.id ?? ''
  await visit(safety, { ...CARD, earthReading: { ok: true, evidence: '◇' } })
  await closed(safety, { cause: 'none' })
}

/** Nobody carries what an owner is told, or nobody took it; a desk calls. */
async function messagesGoAstray({ api, offered }: Story): Promise<void> {
  const owner = { name: 'Ann', contact: '+491701234567', language: 'en' as const }
  const ids = [await offered('n-lost', {}, { owner }), await offered('n-heard', {}, { owner })] as const
  const news = { title: { en: '◇', zh: '◇' }, key: 'n-lost' }
  await api.database.transaction((tx) => api.desk.told(tx, ids[0], 'unreached', news))
  await api.database.transaction((tx) => api.desk.told(tx, ids[1], 'received', news))
  const { items } = await api.call<{ items: { id: string }[] }>('GET', `/api/tasks?type=reach&ticket=${ids[0]}`)
  for (const { id } of items) await api.call('POST', '/api/tasks/done', { id, outcome: '◇' })
}

async function appliancesLeave({ api, offered, reported }: Story): Promise<void> {
  await offered('n-retired')
  await api.call('DELETE', '/api/appliances/n-retired')
  await reported('n-sold')
  const owner = { name: 'Bo', contact: 'bo@example.invalid', language: 'en' }
  await api.call('POST', '/api/appliances/n-sold/transfer', { owner })
}

/** A year on: what time and a contract ask for. */
async function careIsDue({ api }: Story): Promise<void> {
  const plan = {
    id: 'n-yearly',
    kind: 'fridge',
    models: ['n-M'],
    every: { months: 6 },
    does: 'inspect' as const,
    text: { en: 'its yearly look', zh: '年度检查' },
    owner: { en: 'It is due.', zh: '已到期。' },
    isOn: true,
  }
  await api.policies.change({ rule: 'carePlans', value: [...api.policy.carePlans, plan] }, 'test', '◇')
  await api.register('n-old', { model: 'n-M', installedAt: api.clock.now() })
  await api.register('n-contract')
  await api.call('POST', '/api/appliances/n-contract/contracts', { plan: 'guarantee', years: 3 })
  api.clock.advanceTo(api.clock.now() + 367 * DAY)
  const care = openCare({
    ...api,
    appliances: api.registry.all,
    appliance: api.registry.get,
    health: () => undefined,
    isMaintained: () => false,
  })
  await api.database.transaction((tx) => care.passTime(tx, ['n-old', 'n-contract']))
}
