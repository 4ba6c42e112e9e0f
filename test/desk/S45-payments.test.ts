// S45: a bill is paid as it is, once, where somebody takes money; who says so signs it, and nothing is heard twice.
import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MINUTE } from '../../core/index.ts'
import { httpPayments } from '../../service/index.ts'
import { minorOf } from '../../service/payments/payment.ts'
import { CARD, openTestApi, type TestApi } from './openTestApi.ts'
import { alertOf, home, NOW, onBothDatabases } from './openTestService.ts'

const SECRET = 'a secret of the tests'
const signed = (at: number, body: string, secret = SECRET) =>
  `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`

interface Asked {
  bill: string
  amount: number
  currency: string
  notify: string
}
interface OwnersPage {
  bill: { totalCents: number; currency: string }
  payment?: { state: string }
  may: { pay: boolean }
}

onBothDatabases('S45 payments', (open) => {
  let api: TestApi
  let server: Server
  let asked: (Asked & { key: string | undefined; isSigned: boolean })[] = []
  /** Answers that fail before it answers as it should. */
  let failing = 0
  let link = ''
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = ''
      request.on('data', (part) => (body += part))
      request.on('end', () => {
        const given = String(request.headers['x-signature'])
        const isSigned = given === signed(Number(/t=(\d+)/.exec(given)?.[1]), body)
        asked.push({ ...(JSON.parse(body) as Asked), key: String(request.headers['idempotency-key']), isSigned })
        response.statusCode = failing-- > 0 ? 503 : 200
        response.end(JSON.stringify({ link }))
      })
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    link = `${url}/pay/1`
    const opened = await open()
    const wall = { now: () => api?.clock.now() ?? NOW }
    const provider = httpPayments({ url, secret: SECRET, pages: [], wall, pause: async () => {} })
    api = await openTestApi(opened.database, opened.close, undefined, { provider })
    await api.call('POST', '/api/engineers', {
      id: 'e1',
      name: 'Eva',
      location: home,
      grade: 'A+',
      skills: ['sealed-system', 'general'],
    })
  })
  afterAll(async () => {
    await api.close()
    server.close()
  })

  let events = 0
  async function tell(
    bill: string | undefined,
    state: string,
    more: Record<string, unknown> = {},
    at?: number,
    by?: string,
  ) {
    const body = JSON.stringify({
      event: `evt-${events++}`,
      bill,
      state,
      amount: asked.at(-1)?.amount,
      currency: asked.at(-1)?.currency,
      ...more,
    })
    const headers = { authorization: '', 'x-signature': signed(at ?? api.clock.now(), body, by) }
    const answer = await api.app.inject({
      method: 'POST',
      url: '/api/payments/main',
      headers: { ...headers, 'content-type': 'application/json' },
      payload: body,
    })
    return { status: answer.statusCode, code: (answer.json() as { code?: string }).code, body, headers }
  }
  /** A visit that costs something, closed. */
  async function billed(id: string) {
    await api.register(id, { installedAt: NOW - 9 * 365 * 86_400_000 })
    const { id: ticket } = await api.ticketFor(alertOf(id, { id: `al-${id}-${api.clock.now()}` }))
    await api.call('POST', `/api/tickets/${ticket}/accept`, {})
    await api.call('POST', `/api/tickets/${ticket}/visit/start`, {})
    await api.call('POST', `/api/tickets/${ticket}/visit/end`, { checklist: CARD })
    const { ownerLink } = await api.call<{ ownerLink: string }>('POST', `/api/tickets/${ticket}/close`, {
      cause: 'compressor-wear',
      verdict: 'confirmed',
      parts: ['compressor'],
      note: '',
    })
    return { ticket, page: `/api/t/${ownerLink.split('/t/')[1]}` }
  }
  const view = (page: string) => api.asOwner<OwnersPage>('GET', page)

  test('the whole bill is asked for once, signed, and what became of it is on the owner’s page and in the history', async () => {
    asked = []
    const { ticket, page } = await billed('p1')
    const { bill, may, payment } = await view(page)
    expect([may.pay, payment, bill.totalCents > 0]).toEqual([true, undefined, true])
    failing = 2
    expect(await api.asOwner('POST', `${page}/bill/pay`)).toEqual({ link })
    // It did not answer twice, and was asked for the same.
    expect(asked).toHaveLength(3)
    expect(new Set(asked.map(({ key }) => key))).toEqual(new Set([asked[0]?.bill]))
    expect(asked.every(({ isSigned }) => isSigned)).toBe(true)
    expect(asked[0]).toMatchObject({ amount: bill.totalCents, currency: bill.currency, notify: '/api/payments/main' })
    // Nobody is told where the owner's page is.
    expect(JSON.stringify(asked)).not.toContain(page.split('/').at(-1))
    expect(await api.asOwner('POST', `${page}/bill/pay`)).toEqual({ link })
    expect(asked).toHaveLength(3)
    expect((await view(page)).payment?.state).toBe('asked')

    const id = asked[0]?.bill
    expect(await tell(id, 'failed')).toMatchObject({ status: 200 })
    expect(await view(page)).toMatchObject({ payment: { state: 'failed' }, may: { pay: true } })
    await api.asOwner('POST', `${page}/bill/pay`)
    expect(asked).toHaveLength(4)
    expect(await tell(id, 'paid')).toMatchObject({ status: 200 })
    expect(await view(page)).toMatchObject({ payment: { state: 'paid' }, may: { pay: false } })
    expect((await api.ask('POST', `${page}/bill/pay`, {}, { authorization: '' })).body.code).toBe('payment-moves')
    expect(await tell(id, 'refunded')).toMatchObject({ status: 200 })
    const seen = await api.call<{
      payment: object
      history: { code: string; why: string; whyZh: string; by: string }[]
    }>('GET', `/api/tickets/${ticket}`)
    expect(seen.payment).toMatchObject({ bill: id, state: 'refunded', amount: bill.totalCents })
    const steps = seen.history.filter(({ code }) => code === 'payment')
    expect(steps.map(({ by }) => by)).toEqual(['owner', 'payment', 'owner', 'payment', 'payment'])
    expect(steps[3]).toMatchObject({
      why: expect.stringMatching(/^paid: €/),
      whyZh: expect.stringMatching(/^已付款：/),
    })
  })

  test('what is not signed, not lately, told before, of another amount, or cannot be is refused and changes nothing', async () => {
    const { page } = await billed('p2')
    await api.asOwner('POST', `${page}/bill/pay`)
    const id = asked.at(-1)?.bill
    const now = api.clock.now()
    const state = async () => (await view(page)).payment?.state
    expect(await tell(id, 'paid', {}, now, 'of somebody else')).toMatchObject({ status: 401, code: 'not-signed' })
    expect(await tell(id, 'paid', {}, now - 6 * MINUTE)).toMatchObject({ status: 401, code: 'not-signed' })
    expect(await tell(id, 'paid', { amount: 1 })).toMatchObject({ status: 422, code: 'amount-differs' })
    expect(await tell(id, 'paid', { currency: 'USD' })).toMatchObject({ status: 422, code: 'amount-differs' })
    expect(await tell(id, 'asked')).toMatchObject({ status: 422, code: 'bad-payment' })
    expect(await tell(id, 'refunded')).toMatchObject({ status: 409, code: 'payment-moves' })
    expect(await tell('bill-of-nobody', 'paid')).toMatchObject({ status: 404, code: 'not-found' })
    expect(await state()).toBe('asked')
    const voucher = await tell(id, 'voucher-used')
    expect(voucher.status).toBe(200)
    expect(await state()).toBe('voucher-used')
    const again = await api.app.inject({
      method: 'POST',
      url: '/api/payments/main',
      headers: { ...voucher.headers, 'content-type': 'application/json' },
      payload: voucher.body,
    })
    expect([again.statusCode, (again.json() as { code: string }).code]).toEqual([409, 'payment-replayed'])
    // The same by another event is so already; and it does not come undone.
    expect((await tell(id, 'voucher-used')).status).toBe(200)
    expect(await tell(id, 'failed')).toMatchObject({ code: 'payment-moves' })
  })

  test('whoever does not answer, or leads elsewhere, is said so in one sentence, and the owner can try again', async () => {
    const { page } = await billed('p3')
    const pay = () => api.ask('POST', `${page}/bill/pay`, {}, { authorization: '' })
    failing = 3
    expect(await pay()).toMatchObject({ status: 503, body: { code: 'payment-unavailable' } })
    const right = link
    link = 'https://elsewhere.example/pay'
    expect(await pay()).toMatchObject({ status: 502, body: { code: 'payment-refused' } })
    link = right
    expect(await pay()).toMatchObject({ status: 200, body: { link } })
  })
})

test('S45 amounts are in the minor unit of their currency, whole', () => {
  expect([minorOf(4_900, 'EUR'), minorOf(490_000, 'JPY'), minorOf(4_900, 'BHD')]).toEqual([4_900, 4_900, 49_000])
})
