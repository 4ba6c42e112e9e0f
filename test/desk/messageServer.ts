import { createHash, createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type MessageHost, outgoingHttp } from '../../alerts/index.ts'

/** A message as one of the companies took it. */
export interface Carried {
  host: MessageHost
  to: string
  text: string
  /** As it is called in its receipts. */
  id: string
}

export const ACCOUNT = `AC${'0'.repeat(32)}`
export const keys = {
  twilio: { accountSid: ACCOUNT, from: '+15005550006', authToken: 'a twilio token' },
  aliyun: { accessKeyId: 'LTAItest', accessKeySecret: 'an aliyun secret' },
  wechat: { appId: 'wx0000000000000000', appSecret: 'a wechat secret', token: 'a wechat token' },
}
const hmac = (algorithm: string, key: string, text: string, as: 'hex' | 'base64') =>
  createHmac(algorithm, key).update(text).digest(as)
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

type Asked = { url: URL; headers: Record<string, string>; body: string }
type Said = { status: number; body: object; carried?: Omit<Carried, 'host' | 'id'> }
const no = (status: number, body: object): Said => ({ status, body })

/** A server that plays the companies: it checks each signature by their published rules, and answers as they do. */
export async function startMessageServer() {
  const carried: Carried[] = []
  const failing = new Map<MessageHost, number>()
  let tokens = 0
  let sequence = 0
  /** Which WeChat token is good now. */
  let goodToken = ''

  const twilio = ({ url, headers, body }: Asked): Said => {
    const basic = `Basic ${Buffer.from(`${ACCOUNT}:${keys.twilio.authToken}`).toString('base64')}`
    if (headers.authorization !== basic) return no(401, { code: 20_003 })
    const form = new URLSearchParams(body)
    const to = form.get('To') ?? ''
    // Twilio's own number that is never valid.
    if (to === '+15005550001') return no(400, { code: 21_211 })
    const text = form.get('Body') ?? form.get('Twiml') ?? ''
    return {
      status: 201,
      body: { sid: `S${++sequence}` },
      carried: { to, text: url.pathname.endsWith('Calls.json') ? `call: ${text}` : text },
    }
  }
  const aliyun = (host: string, { url, headers }: Asked): Said => {
    const query = [...url.searchParams]
      .map(([k, v]) => `${encodeURIComponent(k)}=${encodeURIComponent(v)}`)
      .sort()
      .join('&')
    const [, credential, signedHeaders, signature] =
      /^ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=(\w+)$/.exec(headers.authorization ?? '') ??
      []
    const lines = (signedHeaders ?? '').split(';').map((name) => `${name}:${name === 'host' ? host : headers[name]}\n`)
    const canonical = `POST\n/\n${query}\n${lines.join('')}\n${signedHeaders}\n${headers['x-acs-content-sha256']}`
    const own = hmac('sha256', keys.aliyun.accessKeySecret, `ACS3-HMAC-SHA256\n${sha256(canonical)}`, 'hex')
    if (credential !== keys.aliyun.accessKeyId || own !== signature) return no(400, { Code: 'SignatureDoesNotMatch' })
    const to = url.searchParams.get('PhoneNumbers') ?? url.searchParams.get('CalledNumber') ?? ''
    const template = url.searchParams.get('TemplateCode') ?? url.searchParams.get('TtsCode')
    const params = url.searchParams.get('TemplateParam') ?? url.searchParams.get('TtsParam')
    const id = `A${++sequence}`
    return { status: 200, body: { Code: 'OK', BizId: id, CallId: id }, carried: { to, text: `${template} ${params}` } }
  }
  const wechat = ({ url, body }: Asked): Said => {
    const said = JSON.parse(body) as Record<string, unknown>
    if (url.pathname === '/cgi-bin/stable_token') {
      if (said.secret !== keys.wechat.appSecret) return no(200, { errcode: 40_125 })
      goodToken = `token ${++tokens}`
      return { status: 200, body: { access_token: goodToken, expires_in: 7_200 } }
    }
    if (url.searchParams.get('access_token') !== goodToken) return no(200, { errcode: 42_001 })
    if (said.touser === 'not-a-follower') return no(200, { errcode: 43_004 })
    const text = JSON.stringify(said.data)
    return {
      status: 200,
      body: { errcode: 0, msgid: ++sequence },
      carried: { to: String(said.touser), text: `${text} ${said.url ?? ''}` },
    }
  }
  const robots = (host: string, { url, body }: Asked): Said => {
    const said = JSON.parse(body) as {
      text?: { content: string }
      content?: { text: string }
      timestamp?: string
      sign?: string
    }
    const text = said.text?.content ?? said.content?.text ?? ''
    const taken = (of: object): Said => ({ status: 200, body: of, carried: { to: host, text } })
    if (host === 'qyapi.weixin.qq.com')
      return url.searchParams.get('key') === 'wecom-key' ? taken({ errcode: 0 }) : no(200, { errcode: 93_000 })
    if (host === 'oapi.dingtalk.com') {
      const at = url.searchParams.get('timestamp')
      const sign = hmac('sha256', 'SECding', `${at}\nSECding`, 'base64')
      return url.searchParams.get('sign') === sign ? taken({ errcode: 0 }) : no(200, { errcode: 310_000 })
    }
    const sign = hmac('sha256', `${said.timestamp}\nfeishu-secret`, '', 'base64')
    return said.sign === sign ? taken({ code: 0 }) : no(200, { code: 19_021 })
  }

  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const [, host = '', ...rest] = (request.url ?? '').split('/')
      const named = host as MessageHost
      const asked: Asked = {
        url: new URL(`/${rest.join('/')}`, 'http://x'),
        headers: Object.fromEntries(Object.entries(request.headers).map(([k, v]) => [k, String(v)])),
        body: Buffer.concat(parts).toString(),
      }
      const left = failing.get(named) ?? 0
      failing.set(named, left - 1)
      const said =
        left > 0
          ? no(503, {})
          : named === 'api.twilio.com'
            ? twilio(asked)
            : named.endsWith('aliyuncs.com')
              ? aliyun(named, asked)
              : named === 'api.weixin.qq.com'
                ? wechat(asked)
                : robots(named, asked)
      if (said.carried) {
        const { sid, BizId, msgid } = said.body as { sid?: string; BizId?: string; msgid?: number }
        carried.push({ host: named, id: String(sid ?? BizId ?? msgid ?? ''), ...said.carried })
      }
      response.writeHead(said.status, { 'content-type': 'application/json' }).end(JSON.stringify(said.body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    carried,
    /** The next so many requests to a host are answered with 503. */
    fail: (host: MessageHost, times: number) => void failing.set(host, times),
    /** Its WeChat tokens are good no more. */
    forgetToken: () => {
      goodToken = ''
    },
    http: outgoingHttp((host) => `http://127.0.0.1:${port}/${host}`),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
