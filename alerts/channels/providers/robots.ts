import { createHmac } from 'node:crypto'
import { z } from 'zod'
import type { OutgoingRequest } from '../outgoingHttp.ts'
import { answeredJson, type Message, type Provider, provider, refusedBy, shortText } from './provider.ts'

/** A room is shown so much of a message. */
const LONGEST = 2_000
const said = ({ title, text, link }: Message): string =>
  [title, text.slice(0, LONGEST), ...(link ? [link] : [])].join('\n')
const headers = { 'content-type': 'application/json' }

/** A robot of a group chat: its answer says at once whether the room has the message. */
function robot<S extends z.ZodObject>(made: {
  who: string
  settings: S
  secrets: readonly (keyof z.infer<S> & string)[]
  request(settings: z.infer<S>, message: Message, now: number): OutgoingRequest
  /** The name of its result, 0 where all is well; and results that later may be another. */
  result: 'errcode' | 'code'
  later: readonly number[]
}): Provider {
  const { who, settings, secrets, request, result, later } = made
  return provider({
    way: 'robot',
    tellsLater: false,
    settings,
    secrets,
    open: (own, { http, now }) => ({
      async send(message) {
        const answer = await http(request(own, message, now()))
        const { [result]: code } = answeredJson(who, answer)
        if (answer.status < 300 && code === 0) return {}
        const isLater =
          (typeof code === 'number' && later.includes(code)) || answer.status >= 500 || answer.status === 429
        throw refusedBy(who, typeof code === 'number' ? code : answer.status, isLater)
      },
    }),
  })
}

/** WeCom: the key in its address is all that it asks for. @see https://developer.work.weixin.qq.com/document/path/91770 */
export const wecomRobot = robot({
  who: 'WeCom',
  settings: z.object({ key: shortText }),
  secrets: ['key'],
  request: ({ key }, message) => ({
    host: 'qyapi.weixin.qq.com',
    path: `/cgi-bin/webhook/send?key=${encodeURIComponent(key)}`,
    headers,
    body: JSON.stringify({ msgtype: 'text', text: { content: said(message) } }),
  }),
  result: 'errcode',
  later: [45_009, -1],
})

/** What DingTalk signs with: HMAC-SHA256 under the secret, over the time in ms, a line break and the secret. */
export const dingTalkSignature = (secret: string, timestamp: number): string =>
  createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64')

/** @see https://open.dingtalk.com/document/robots/customize-robot-security-settings */
export const dingTalkRobot = robot({
  who: 'DingTalk',
  settings: z.object({ accessToken: shortText, secret: shortText }),
  secrets: ['accessToken', 'secret'],
  request: ({ accessToken, secret }, message, now) => ({
    host: 'oapi.dingtalk.com',
    path: `/robot/send?${new URLSearchParams({ access_token: accessToken, timestamp: String(now), sign: dingTalkSignature(secret, now) })}`,
    headers,
    body: JSON.stringify({ msgtype: 'text', text: { content: said(message) } }),
  }),
  result: 'errcode',
  later: [130_101, -1],
})

/** What Feishu signs with: HMAC-SHA256 over nothing, under the time in seconds, a line break and the secret. */
export const feishuSignature = (secret: string, seconds: number): string =>
  createHmac('sha256', `${seconds}\n${secret}`).digest('base64')

/** @see https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot */
export const feishuRobot = robot({
  who: 'Feishu',
  settings: z.object({ token: shortText, secret: shortText }),
  secrets: ['token', 'secret'],
  request: ({ token, secret }, message, now) => {
    const seconds = Math.floor(now / 1_000)
    return {
      host: 'open.feishu.cn',
      path: `/open-apis/bot/v2/hook/${encodeURIComponent(token)}`,
      headers,
      body: JSON.stringify({
        timestamp: String(seconds),
        sign: feishuSignature(secret, seconds),
        msg_type: 'text',
        content: { text: said(message) },
      }),
    }
  },
  result: 'code',
  later: [11_232, 9_499],
})
