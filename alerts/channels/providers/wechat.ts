import { createHash, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { recordOf } from '../../../core/index.ts'
import {
  answeredJson,
  type Message,
  provider,
  type Receipt,
  refusedBy,
  type SendMeans,
  shortText,
  templateOf,
  templates,
} from './provider.ts'

/** A token is good for two hours; it is asked for anew a little before. */
const EARLIER_MS = 300_000
/** Its own codes: the token is not, or is no more, good. */
const BAD_TOKEN: ReadonlySet<unknown> = new Set([40_001, 40_014, 42_001])
/** Its own codes: it is busy, or too much was asked for. */
const LATER: ReadonlySet<unknown> = new Set([-1, 45_009, 45_011])
const LONGEST_FIELD = 200

/**
 * Template messages of a WeChat official account, to an owner who follows it. What became of each comes as its event
 * TEMPLATESENDJOBFINISH, to the server address that its console is given.
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Template_Message_Interface.html
 */
export const wechatTemplate = provider({
  way: 'wechat',
  tellsLater: true,
  settings: z.object({
    appId: shortText,
    appSecret: shortText,
    templates,
    /** Field of the template → what it says: `title`, `text`, `number`, `kind`, `by`. */
    fields: recordOf(z.string().max(40), z.string().max(40)),
    /** The token of its server configuration: what calls us is checked by it. */
    token: shortText,
  }),
  secrets: ['appSecret', 'token'],
  open: ({ appId, appSecret, templates: known, fields }, means) => {
    const token = accessToken(appId, appSecret, means)
    const post = async (message: Message, isFresh: boolean): Promise<Record<string, unknown>> => {
      const said = new Map(Object.entries({ title: message.title, text: message.text, ...message.params }))
      const body = JSON.stringify({
        touser: message.to,
        template_id: templateOf(known, message),
        ...(message.link ? { url: message.link } : {}),
        data: Object.fromEntries(
          Object.entries(fields).map(([field, name]) => [
            field,
            { value: (said.get(name) ?? '').slice(0, LONGEST_FIELD) },
          ]),
        ),
      })
      const path = `/cgi-bin/message/template/send?access_token=${encodeURIComponent(await token(isFresh))}`
      return answeredJson('WeChat', await means.http({ host: 'api.weixin.qq.com', path, headers: json, body }))
    }
    return {
      async send(message) {
        const first = await post(message, false)
        const { errcode, msgid } = BAD_TOKEN.has(first.errcode) ? await post(message, true) : first
        if (errcode !== 0) throw refusedBy('WeChat', String(errcode), LATER.has(errcode))
        return { receipt: String(msgid), awaits: true }
      },
    }
  },
  receipts: ({ token }, { query, body }) => {
    const { signature = '', timestamp = '', nonce = '', echostr } = query
    const own = Buffer.from(wechatSignature(token, timestamp, nonce))
    const given = Buffer.from(signature)
    if (given.length !== own.length || !timingSafeEqual(given, own)) return undefined
    // It asks once whether this is the right address.
    if (echostr !== undefined) return { receipts: [], answer: echostr }
    return { receipts: finished(body), answer: 'success' }
  },
})
const json = { 'content-type': 'application/json' }

/** What WeChat signs its calls with: SHA-1 over token, time and nonce in alphabetical order. */
export const wechatSignature = (token: string, timestamp: string, nonce: string): string =>
  createHash('sha1').update([token, timestamp, nonce].sort().join('')).digest('hex')

/** The stable token, kept while it is good. */
function accessToken(appId: string, secret: string, { http, now }: SendMeans): (isFresh: boolean) => Promise<string> {
  let known: { token: string; until: number } | undefined
  return async (isFresh) => {
    if (!isFresh && known && now() < known.until) return known.token
    const body = JSON.stringify({ grant_type: 'client_credential', appid: appId, secret, force_refresh: isFresh })
    const answer = answeredJson(
      'WeChat',
      await http({ host: 'api.weixin.qq.com', path: '/cgi-bin/stable_token', headers: json, body }),
    )
    const { access_token: token, expires_in: seconds, errcode } = answer
    if (typeof token !== 'string' || typeof seconds !== 'number')
      throw refusedBy('WeChat', String(errcode), LATER.has(errcode))
    known = { token, until: now() + seconds * 1_000 - EARLIER_MS }
    return token
  }
}

/** The one event that is of interest; anything else that a follower does is acknowledged and left. */
function finished(xml: string): Receipt[] {
  const field = (name: string): string | undefined =>
    new RegExp(`<${name}>\\s*(?:<!\\[CDATA\\[([^\\]]{0,200})\\]\\]>|([^<]{0,200}))\\s*</${name}>`)
      .exec(xml)
      ?.slice(1)
      .find(Boolean)
  if (field('Event') !== 'TEMPLATESENDJOBFINISH') return []
  const id = field('MsgID')
  const status = field('Status') ?? ''
  if (!id) return []
  return [{ id, received: status === 'success', ...(status === 'success' ? {} : { error: status }) }]
}
