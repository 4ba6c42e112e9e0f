import { z } from 'zod'
import { at, cut, items, list, text } from '../shared.ts'

const member = z.object({
  isOn: z.boolean(),
  balance: z.number(),
  earned: z.number(),
  tier: z.object({ id: z.string(), text, from: z.number(), segment: z.string() }).optional(),
  rewards: list(z.object({ id: z.string(), text, points: z.number() })),
  entries: list(z.object({ at, points: z.number(), why: z.string(), ref: z.string() })),
})
/** Never whose it is. */
const post = z.object({
  id: z.string(),
  kind: z.string(),
  type: z.string(),
  at,
  text: z.string(),
  state: z.string(),
  likes: z.number(),
})
const poll = z.object({
  id: z.string(),
  kind: z.string(),
  model: z.string().optional(),
  question: text,
  options: list(text),
  endsAt: at,
  votes: list(z.number()),
})

export const memberAnswers = {
  'GET /api/p/:secret/member': member,
  'POST /api/p/:secret/redeem': member,
  'GET /api/p/:secret/posts': cut(post),
  'POST /api/p/:secret/posts': post,
  'POST /api/p/:secret/posts/:post/like': z.object({ likes: z.number() }),
  'GET /api/p/:secret/polls': items(poll),
  'POST /api/p/:secret/polls/:poll/vote': poll,
  'POST /api/t/:secret/nps': z.object({ ok: z.boolean() }),
  'GET /api/nps': z.object({
    nps: z.object({ nps: z.number(), interval: z.tuple([z.number(), z.number()]), of: z.number() }).nullable(),
    months: list(z.object({ month: z.string(), nps: z.number().nullable(), of: z.number() })),
    indices: list(z.object({ name: z.string(), at, value: z.number(), source: z.string() })),
  }),
  'POST /api/indices': z.object({ taken: z.number() }),
  'GET /api/posts': cut(post),
  'POST /api/posts/:post/moderate': post,
  'GET /api/polls': items(poll),
  'POST /api/polls': poll,
}
