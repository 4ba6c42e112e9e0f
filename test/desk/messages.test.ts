// Nobody is told what nobody did: what owners and desks are told leaves by accounts with those who carry messages; it is
// known whether it arrived, the next way is tried, and a person calls when none led to the owner.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { twilioSignature } from '../../alerts/channels/providers/twilio.ts'
import { wechatSignature } from '../../alerts/channels/providers/wechat.ts'
import type { Registration } from '../../core/index.ts'
import { type CarriedApi, openCarriedApi } from './carrier.ts'
import { keys } from './messageServer.ts'
import type { TestApi } from './openTestApi.ts'
import { alertOf, onBothDatabases } from './openTestService.ts'

interface Seen {
  id: string
  number: string
  clocks: readonly { name: string; dueAt: number; doneAt?: number }[]
}
type Told = { state: string; ways: { way: string; state: string; error?: string }[] }

onBothDatabases('messages', (open) => {
  let carried: CarriedApi
  let api: TestApi
  let companies: CarriedApi['companies']
  let count = 0
  beforeAll(async () => {
    carried = await openCarriedApi(await open())
    ;({ api, companies } = carried)
    const channels: [string, string, object][] = [
      ['sms-world', 'twilio-sms', keys.twilio],
      [
        'sms-cn',
        'aliyun-sms',
        { ...keys.aliyun, signName: '家电', templates: { other: 'SMS_1', offered: 'SMS_2' }, countries: ['CN'] },
      ],
      ['calls', 'twilio-voice', keys.twilio],
      [
        'wechat',
        'wechat-template',
        { ...keys.wechat, templates: { other: 'T1' }, fields: { thing1: 'title', character_string2: 'number' } },
      ],
      ['room-wecom', 'wecom-robot', { key: 'wecom-key' }],
      ['room-ding', 'dingtalk-robot', { accessToken: 'ding-token', secret: 'SECding' }],
      ['room-feishu', 'feishu-robot', { token: 'feishu-token', secret: 'feishu-secret' }],
    ]
    // The one for a country stands before the one for the world.
    await api.call('PUT', '/api/channels/sms-world', {
      kind: 'twilio-sms',
      settings: { ...keys.twilio, countries: ['DE', 'US'] },
    })
    for (const [id, kind, settings] of channels.slice(1))
      await api.call('PUT', `/api/channels/${id}`, { kind, settings })
  })
  beforeEach(() => {
    carried.post.takes = true
    carried.post.mails.length = 0
    companies.carried.length = 0
  })
  afterAll(() => carried.close())
  const carry = (minutes = 0): Promise<void> => carried.pass(minutes)
  const mails = () => carried.post.mails.map(({ to }) => to)

  /** An owner who is reached so, and the ticket that an alert opened for them. */
  async function offered(owner: Partial<NonNullable<Registration['owner']>>): Promise<Seen> {
    const id = `m-${count++}`
    await api.register(id, { owner: { name: 'Ada', contact: '', language: 'en', ...owner } })
    return api.ticketFor(alertOf(id))
  }
  const seen = (ticket: Seen) => api.call<Seen>('GET', `/api/tickets/${ticket.id}`)
  const firstResponse = async (ticket: Seen) =>
    (await seen(ticket)).clocks.find(({ name }) => name === 'first-response')?.doneAt
  const toldOf = async (ticket: Seen) =>
    (await api.call<{ items: Told[] }>('GET', `/api/tickets/${ticket.id}/deliveries`)).items.at(-1)
  const reachTasks = async (ticket: Seen) =>
    (await api.call<{ items: { id: string; ticket: string }[] }>('GET', '/api/tasks?type=reach')).items.filter(
      (task) => task.ticket === ticket.id,
    )
  const toOwner = () => companies.carried.filter(({ to }) => !to.includes('.com') && !to.includes('.cn'))
  const receipt = (path: string, body: string, headers: Record<string, string>) =>
    api.app.inject({ method: 'POST', url: path, payload: body, headers })
  const pathOf = (id: string) =>
    new URL(String(api.channels.all().find((one) => one.id === id)?.receiptsPath), 'https://here.example')

  test('S14 a mail that is taken is the first response, and not before', async () => {
    const ticket = await offered({ contact: 'ada@example.org' })
    expect(await firstResponse(ticket)).toBeUndefined()
    await carry()
    expect(mails()).toEqual(['ada@example.org'])
    expect(await firstResponse(ticket)).toBe(api.clock.now())
    expect(await toldOf(ticket)).toMatchObject({ state: 'received', ways: [{ way: 'mail', state: 'received' }] })
  })

  test('S14 a mail that nobody takes is followed by an SMS; its receipt is the first response', async () => {
    carried.post.takes = false
    const ticket = await offered({ contact: 'ada@example.org', phone: '+49 151 2345678' })
    await carry()
    const [sms] = toOwner()
    expect(sms).toMatchObject({ host: 'api.twilio.com', to: '+491512345678' })
    expect(sms?.text).toContain(ticket.number)
    expect(sms?.text).toContain(`https://here.example/t/of-${ticket.id}`)
    expect(await firstResponse(ticket)).toBeUndefined()
    const path = pathOf('sms-world')
    const form = new URLSearchParams({ MessageSid: sms?.id ?? '', MessageStatus: 'delivered', To: '+491512345678' })
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    // Somebody else's word counts for nothing.
    expect((await receipt(path.pathname, form.toString(), { ...type, 'x-twilio-signature': 'no' })).statusCode).toBe(
      404,
    )
    expect(await firstResponse(ticket)).toBeUndefined()
    const signature = twilioSignature(keys.twilio.authToken, path.href, form)
    expect(
      (await receipt(path.pathname, form.toString(), { ...type, 'x-twilio-signature': signature })).statusCode,
    ).toBe(200)
    expect(await firstResponse(ticket)).toBe(api.clock.now())
    expect(await toldOf(ticket)).toMatchObject({
      state: 'received',
      ways: [
        { way: 'mail', state: 'failed' },
        { way: 'sms', state: 'received' },
        { way: 'voice', state: 'waiting' },
      ],
    })
  })

  test('S14 without a word of any of them a person is to call, the answer is not waited for, and the call is the first response', async () => {
    carried.post.takes = false
    const ticket = await offered({ contact: 'ada@example.org', phone: '+49 151 2345678' })
    // No receipt comes of the message, then none of the call.
    await carry(15)
    await carry(15)
    expect(toOwner().map(({ text }) => text.startsWith('call: '))).toEqual([false, true])
    expect(await toldOf(ticket)).toMatchObject({
      state: 'unreached',
      ways: [{ state: 'failed' }, { way: 'sms', state: 'silent' }, { way: 'voice', state: 'silent' }],
    })
    const now = await seen(ticket)
    expect(now.clocks.find(({ name }) => name === 'owner-answer')).toBeUndefined()
    expect(await firstResponse(ticket)).toBeUndefined()
    const [task, ...others] = await reachTasks(ticket)
    expect(others).toEqual([])
    await api.call('POST', '/api/tasks/done', { id: task?.id, outcome: 'told Ada' })
    expect(await firstResponse(ticket)).toBe(api.clock.now())
    expect((await seen(ticket)).clocks.find(({ name }) => name === 'owner-answer')?.dueAt).toBeGreaterThan(
      api.clock.now(),
    )
  })

  test('a company that is away is tried again; a number that it refuses is not', async () => {
    companies.fail('api.twilio.com', 1)
    const ticket = await offered({ contact: '0151 2345678' })
    await carry()
    expect(toOwner()).toEqual([])
    await carry(1)
    expect(toOwner().map(({ to }) => to)).toEqual(['+491512345678'])
    const bad = await offered({ contact: '+1 500 555 0001' })
    companies.carried.length = 0
    await carry(1)
    expect(toOwner()).toEqual([])
    expect(await toldOf(bad)).toMatchObject({
      state: 'unreached',
      ways: [
        { way: 'sms', state: 'failed' },
        { way: 'voice', state: 'failed' },
      ],
    })
    expect(await reachTasks(bad)).toHaveLength(1)
    expect(ticket.number).toMatch(/^HW-/)
  })

  test('a number in China is told by the account for China, with its template; its report is the receipt', async () => {
    const ticket = await offered({ contact: '+86 138 0013 8000', language: 'zh' })
    await carry()
    const [sms] = toOwner()
    expect(sms).toMatchObject({ host: 'dysmsapi.aliyuncs.com', to: '13800138000' })
    expect(sms?.text).toContain('SMS_2')
    expect(sms?.text).toContain(ticket.number)
    const report = JSON.stringify([
      { biz_id: sms?.id, success: true, err_code: 'DELIVERED', phone_number: '13800138000' },
    ])
    const { statusCode, body } = await receipt(pathOf('sms-cn').pathname, report, {
      'content-type': 'application/json',
    })
    expect([statusCode, JSON.parse(body)]).toEqual([200, { code: 0, msg: '成功' }])
    expect(await firstResponse(ticket)).toBe(api.clock.now())
    // A path without its proof opens nothing.
    expect((await receipt('/api/receipts/sms-cn/x', report, { 'content-type': 'application/json' })).statusCode).toBe(
      404,
    )
  })

  test('a follower of the account is told by WeChat, with a fresh token where the old one is good no more', async () => {
    companies.forgetToken()
    const openId = 'oABCDEFGHIJKLMNOPQRSTUVWXYZ1'
    const ticket = await offered({ contact: 'li@example.org', wechat: openId, language: 'zh' })
    await carry()
    const [message] = toOwner()
    expect(message).toMatchObject({ host: 'api.weixin.qq.com', to: openId })
    expect(message?.text).toContain(ticket.number)
    expect(mails()).toEqual([])
    const [timestamp, nonce] = ['1780304400', 'n1']
    const query = new URLSearchParams({
      timestamp,
      nonce,
      signature: wechatSignature(keys.wechat.token, timestamp, nonce),
    })
    const xml = `<xml><FromUserName><![CDATA[${openId}]]></FromUserName><Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event><MsgID>${message?.id}</MsgID><Status><![CDATA[failed:user block]]></Status></xml>`
    const path = pathOf('wechat').pathname
    expect((await receipt(`${path}?${query}`, xml, { 'content-type': 'text/xml' })).body).toBe('success')
    await carry()
    // Blocked there: the mail goes out.
    expect(mails()).toEqual(['li@example.org'])
    expect(await toldOf(ticket)).toMatchObject({
      state: 'received',
      ways: [
        { way: 'wechat', state: 'failed', error: 'failed:user block' },
        { way: 'mail', state: 'received' },
      ],
    })
    const hello = await api.app.inject({ method: 'GET', url: `${path}?${query}&echostr=hello` })
    expect(hello.body).toBe('hello')
  })

  test('rooms of the staff are told by their robots, each signed as it asks, and never in an owner’s own words', async () => {
    await offered({ contact: 'ada@example.org' })
    await carry()
    const rooms = companies.carried.filter(({ to }) => to.includes('.com') || to.includes('.cn'))
    expect(rooms.map(({ host }) => host).sort()).toEqual(['oapi.dingtalk.com', 'open.feishu.cn', 'qyapi.weixin.qq.com'])
    companies.carried.length = 0
    await api.register('said', { owner: { name: 'Bo', contact: 'bo@example.org', language: 'en' } })
    await api.call('POST', '/api/appliances/said/report', { text: 'my secret garden is warm' })
    await carry()
    expect(companies.carried.length).toBeGreaterThan(0)
    expect(companies.carried.filter(({ text }) => text.includes('secret garden'))).toEqual([])
  })

  test('a channel is changed without its secret, which is shown to nobody again', async () => {
    const { items, kinds } = await api.call<{
      items: { id: string; secrets: string[]; receiptsUrl?: string }[]
      kinds: { kind: string }[]
    }>('GET', '/api/channels')
    expect(kinds.map(({ kind }) => kind)).toContain('aliyun-voice')
    expect(items.find(({ id }) => id === 'sms-world')?.secrets).toEqual(['authToken'])
    expect(JSON.stringify(items)).not.toContain(keys.twilio.authToken)
    await api.call('PUT', '/api/channels/sms-world', {
      kind: 'twilio-sms',
      settings: { accountSid: keys.twilio.accountSid, from: '+15005550006' },
    })
    expect(await api.call('POST', '/api/channels/sms-world/test', { to: '+491512345678' })).toMatchObject({
      taken: true,
    })
    const { status, body } = await api.ask('PUT', '/api/channels/bad', {
      kind: 'twilio-sms',
      settings: { accountSid: 'x' },
    })
    expect([status, body.code, body.concerns]).toEqual([422, 'bad-channel', 'accountSid'])
    const row = await api.database.query
      .selectFrom('messageChannel')
      .selectAll()
      .where('id', '=', 'sms-world')
      .executeTakeFirstOrThrow()
    expect(JSON.stringify(row)).not.toContain(keys.twilio.authToken)
  })

  test.each([
    ['ada@', 422],
    ['ada@example.org', 201],
    ['+49 151 2345678', 201],
    ['0151 2345678', 201],
    ['12', 422],
    ['call me', 422],
    ['', 201],
  ])('a contact %j is answered %i when it is entered', async (contact, status) => {
    const body = {
      id: `c-${count++}`,
      kind: 'fridge',
      model: 'M1',
      location: { lat: 50, lon: 8 },
      owner: { name: 'A', contact },
    }
    expect((await api.ask('POST', '/api/appliances', body)).status).toBe(status)
  })
})
