import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { locales } from '../../../core/index.ts'
import type { OutgoingAnswer } from '../outgoingHttp.ts'
import {
  answeredJson,
  type Message,
  type ProviderCall,
  provider,
  type Receipt,
  refusedBy,
  shortText,
} from './provider.ts'

const account = {
  accountSid: z.string().regex(/^AC[0-9a-f]{32}$/, 'is the AC… of the account'),
  from: shortText,
  authToken: shortText,
}
/** A text message is cut where a phone would be shown more than three of them. */
const LONGEST_SMS = 480

const headersOf = ({ accountSid, authToken }: { accountSid: string; authToken: string }) => ({
  authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
  'content-type': 'application/x-www-form-urlencoded',
})

function taken(answer: OutgoingAnswer): string {
  const { sid, code } = answeredJson('Twilio', answer)
  if (answer.status < 300 && typeof sid === 'string') return sid
  throw refusedBy(
    'Twilio',
    typeof code === 'number' ? code : answer.status,
    answer.status >= 500 || answer.status === 429,
  )
}

/**
 * SMS by Twilio's Messages API. Receipts come to its status callback, signed as its "webhooks security" says.
 * @see https://www.twilio.com/docs/messaging/api/message-resource
 */
export const twilioSms = provider({
  way: 'sms',
  tellsLater: true,
  settings: z.object({ ...account, countries: countries() }),
  secrets: ['authToken'],
  open: (settings, { http, receiptsUrl }) => ({
    async send(message) {
      const body = new URLSearchParams({
        To: message.to,
        // A messaging service has a name of its own kind.
        ...(settings.from.startsWith('MG') ? { MessagingServiceSid: settings.from } : { From: settings.from }),
        Body: smsText(message),
        ...(receiptsUrl ? { StatusCallback: receiptsUrl } : {}),
      })
      const path = `/2010-04-01/Accounts/${settings.accountSid}/Messages.json`
      const answer = await http({ host: 'api.twilio.com', path, headers: headersOf(settings), body: body.toString() })
      return { receipt: taken(answer), awaits: true }
    },
  }),
  receipts: ({ authToken }, call) =>
    read(authToken, call, (form) => {
      const state = form.get('MessageStatus')
      return state === 'delivered' ? true : state === 'undelivered' || state === 'failed' ? false : undefined
    }),
})

/** A call that reads the message out twice. It was received when a person, and no machine, took it. */
export const twilioVoice = provider({
  way: 'voice',
  tellsLater: true,
  settings: z.object({ ...account, countries: countries() }),
  secrets: ['authToken'],
  open: (settings, { http, receiptsUrl }) => ({
    async send({ to, language, title, text }) {
      const said = `<Say language="${locales[language].spoken}" loop="2">${inXml(`${title}. ${text}`)}</Say>`
      const body = new URLSearchParams({
        To: to,
        From: settings.from,
        Twiml: `<Response>${said}</Response>`,
        MachineDetection: 'Enable',
        Timeout: '40',
        ...(receiptsUrl ? { StatusCallback: receiptsUrl } : {}),
      })
      const path = `/2010-04-01/Accounts/${settings.accountSid}/Calls.json`
      const answer = await http({ host: 'api.twilio.com', path, headers: headersOf(settings), body: body.toString() })
      return { receipt: taken(answer), awaits: true }
    },
  }),
  receipts: ({ authToken }, call) =>
    read(authToken, call, (form) => {
      const state = form.get('CallStatus')
      if (state === 'completed') return form.get('AnsweredBy') === null || form.get('AnsweredBy') === 'human'
      return ['busy', 'failed', 'no-answer', 'canceled'].includes(state ?? '') ? false : undefined
    }),
})

function countries() {
  return z
    .array(z.string().regex(/^[A-Z]{2}$/))
    .max(250)
    .optional()
}

export function smsText({ title, text, link }: Pick<Message, 'title' | 'text' | 'link'>): string {
  const end = link ? `\n${link}` : ''
  const whole = `${title}. ${text}`
  const room = LONGEST_SMS - end.length
  return (whole.length > room ? `${whole.slice(0, room - 1)}…` : whole) + end
}

const inXml = (text: string): string => text.replace(/[<>&'"]/g, (c) => `&#${c.charCodeAt(0)};`).slice(0, 1_500)

/** X-Twilio-Signature: HMAC-SHA1 over the URL and every field with its value, in the order of names. */
export function twilioSignature(authToken: string, url: string, form: URLSearchParams): string {
  const fields = [...form].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).flat()
  return createHmac('sha1', authToken)
    .update(url + fields.join(''))
    .digest('base64')
}

function read(
  authToken: string,
  { url, headers, body }: ProviderCall,
  receivedOf: (form: URLSearchParams) => boolean | undefined,
): { receipts: Receipt[]; answer: string } | undefined {
  const form = new URLSearchParams(body)
  const given = Buffer.from(String(headers['x-twilio-signature'] ?? ''))
  const own = Buffer.from(twilioSignature(authToken, url, form))
  if (given.length !== own.length || !timingSafeEqual(given, own)) return undefined
  const id = form.get('MessageSid') ?? form.get('CallSid')
  const received = receivedOf(form)
  if (!id || received === undefined) return { receipts: [], answer: '' }
  const error = form.get('ErrorCode') ?? form.get('CallStatus') ?? form.get('MessageStatus') ?? ''
  return { receipts: [{ id, received, ...(received ? {} : { error }) }], answer: '' }
}
