import { z } from 'zod'
import { anyText, languages, type Notifier, recordOf, type Sent, type Text } from '../../core/index.ts'
import type { ChannelBook } from './channelBook.ts'

const told = z.object({
  to: z.string(),
  language: z.enum(languages),
  region: z.string().optional(),
  subject: z.string(),
  text: z.string(),
  link: z.string().optional(),
  template: z.string(),
  params: recordOf(z.string(), z.string()),
})
const toRoom = z.object({ robot: z.string(), title: anyText, text: anyText, link: z.string().optional() })

/** What leaves by accounts with companies that carry messages: to owners by three ways, to rooms of the staff by one. */
export const messageNotifiers = (book: ChannelBook): Notifier[] => [
  ...(['sms', 'voice', 'wechat'] as const).map((way) => ({
    channel: way,
    async send({ body }: { body: Record<string, unknown> }): Promise<Sent> {
      const { subject: title, region, ...message } = told.parse(body)
      const { channel, receipt, ...sent } = await book.send(way, { ...message, title }, region)
      // Two accounts may call two messages the same.
      return receipt === undefined ? sent : { ...sent, receipt: `${channel}/${receipt}` }
    },
  })),
  {
    channel: 'robot',
    async send({ body }) {
      const { robot, title, text, link } = toRoom.parse(body)
      const message = { title: bothOf(title), text: bothOf(text), ...(link ? { link } : {}) }
      return book.sendBy(robot, { to: '', language: 'zh', template: 'other', params: {}, ...message })
    },
  },
]

/** A room has people of both languages. */
const bothOf = ({ en, zh }: Text): string => (en === zh ? en : `${zh}\n${en}`).trim()
