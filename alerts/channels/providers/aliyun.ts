import { createHash, createHmac } from 'node:crypto'
import { z } from 'zod'
import type { MessageHost, OutgoingAnswer, OutgoingRequest } from '../outgoingHttp.ts'
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

const account = { accessKeyId: shortText, accessKeySecret: shortText }
/** What it says, and where to: the same of both services. */
const carries = {
  templates,
  countries: z
    .array(z.string().regex(/^[A-Z]{2}$/))
    .max(250)
    .optional(),
}
/** Its templates take no more of one variable. */
const LONGEST_VARIABLE = 35

/** A call of an RPC interface, as it is signed. */
export interface AliyunCall {
  host: string
  action: string
  version: string
  query: Readonly<Record<string, string>>
  at: number
  nonce: string
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
/** RFC 3986: what `encodeURIComponent` leaves as it is and the signature does not. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

/**
 * Signature version 3 (ACS3-HMAC-SHA256): the request in its canonical form, hashed and signed.
 * @see https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
 */
export function signedByAliyun(
  call: AliyunCall,
  { accessKeyId, accessKeySecret }: { accessKeyId: string; accessKeySecret: string },
): { path: string; headers: Record<string, string> } {
  const query = Object.entries(call.query)
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&')
  const headers: Record<string, string> = {
    host: call.host,
    'x-acs-action': call.action,
    'x-acs-content-sha256': sha256(''),
    'x-acs-date': `${new Date(call.at).toISOString().slice(0, 19)}Z`,
    'x-acs-signature-nonce': call.nonce,
    'x-acs-version': call.version,
  }
  const names = Object.keys(headers).sort()
  const signed = names.join(';')
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join('')
  const canonical = ['POST', '/', query, lines, signed, sha256('')].join('\n')
  const signature = createHmac('sha256', accessKeySecret)
    .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
    .digest('hex')
  const authorization = `ACS3-HMAC-SHA256 Credential=${accessKeyId},SignedHeaders=${signed},Signature=${signature}`
  // The host is signed as it is called, and said by whoever connects.
  const { host: _, ...sent } = headers
  return { path: `/?${query}`, headers: { ...sent, authorization } }
}

function requestOf(
  host: MessageHost,
  action: string,
  query: Record<string, string>,
  keys: { accessKeyId: string; accessKeySecret: string },
  { now, nonce }: SendMeans,
): OutgoingRequest {
  const call = { host, action, version: '2017-05-25', query, at: now(), nonce: nonce() }
  return { host, ...signedByAliyun(call, keys) }
}

/** Its own limits of a number's messages a minute, hour and day say so with these; trying later can help. */
const isLater = (code: string): boolean => /LIMIT_CONTROL|Throttling|SYSTEM_ERROR|ServiceUnavailable/i.test(code)

function takenAs(answer: OutgoingAnswer, name: 'BizId' | 'CallId'): string {
  const { Code, [name]: id } = answeredJson('Aliyun', answer)
  if (Code === 'OK' && typeof id === 'string') return id
  const code = typeof Code === 'string' ? Code : String(answer.status)
  throw refusedBy('Aliyun', code, isLater(code) || answer.status >= 500)
}

const paramsOf = ({ params, title }: Message): string =>
  JSON.stringify(
    Object.fromEntries(Object.entries({ title, ...params }).map(([k, v]) => [k, v.slice(0, LONGEST_VARIABLE)])),
  )
/** Within China it takes numbers without their country. */
const numberOf = (e164: string): string => e164.replace(/^\+86/, '').replace('+', '')

/** SMS with its templates. Receipts come as its SmsReport, to the address that its console is given. */
export const aliyunSms = provider({
  way: 'sms',
  tellsLater: true,
  settings: z.object({
    ...account,
    signName: shortText,
    ...carries,
  }),
  secrets: ['accessKeySecret'],
  open: (settings, means) => ({
    async send(message) {
      const query = {
        PhoneNumbers: numberOf(message.to),
        SignName: settings.signName,
        TemplateCode: templateOf(settings.templates, message),
        TemplateParam: paramsOf(message),
      }
      const answer = await means.http(requestOf('dysmsapi.aliyuncs.com', 'SendSms', query, settings, means))
      return { receipt: takenAs(answer, 'BizId'), awaits: true }
    },
  }),
  receipts: (_, { body }) =>
    reportOf(body, smsReport, ({ biz_id: id, success, err_code: error }) => ({ id, received: success, error })),
})

/** A call that reads a template out. */
export const aliyunVoice = provider({
  way: 'voice',
  tellsLater: true,
  settings: z.object({
    ...account,
    calledShowNumber: shortText.optional(),
    ...carries,
  }),
  secrets: ['accessKeySecret'],
  open: (settings, means) => ({
    async send(message) {
      const query = {
        CalledNumber: numberOf(message.to),
        TtsCode: templateOf(settings.templates, message),
        TtsParam: paramsOf(message),
        ...(settings.calledShowNumber ? { CalledShowNumber: settings.calledShowNumber } : {}),
      }
      const answer = await means.http(requestOf('dyvmsapi.aliyuncs.com', 'SingleCallByTts', query, settings, means))
      return { receipt: takenAs(answer, 'CallId'), awaits: true }
    },
  }),
  receipts: (_, { body }) =>
    reportOf(body, voiceReport, ({ call_id: id, status_code: code }) => ({
      id,
      // 200000: somebody took it.
      received: code === '200000',
      error: code,
    })),
})

const smsReport = z.object({
  biz_id: z.string().max(200),
  success: z.boolean(),
  err_code: z.string().max(100).default(''),
})
const voiceReport = z.object({ call_id: z.string().max(200), status_code: z.string().max(100) })

/** It reports many at once, or one; whoever answers otherwise is told again. */
function reportOf<S extends z.ZodType>(
  body: string,
  schema: S,
  receiptOf: (row: z.infer<S>) => { id: string; received: boolean; error: string },
): { receipts: Receipt[]; answer: string } | undefined {
  let given: unknown
  try {
    given = JSON.parse(body)
  } catch {
    return undefined
  }
  const rows = z.array(schema).max(1_000).safeParse([given].flat())
  if (!rows.success) return undefined
  const receipts = rows.data
    .map(receiptOf)
    .map(({ id, received, error }) => ({ id, received, ...(received ? {} : { error }) }))
  return { receipts, answer: JSON.stringify({ code: 0, msg: '成功' }) }
}
