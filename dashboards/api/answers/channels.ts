import { z } from 'zod'
import { providerKinds } from '../../../alerts/index.ts'
import { ownerWays } from '../../../core/index.ts'
import { at, done, items, list, named } from './shared.ts'

const kind = z.enum(providerKinds)
const way = z.enum(['sms', 'voice', 'wechat', 'robot'])

/** An account with a company that carries messages; what is secret of it is not shown again. */
const channel = z
  .object({
    id: z.string(),
    kind,
    way,
    isOn: z.boolean(),
    settings: named(z.unknown()),
    secrets: list(z.string()),
    changedAt: at,
    changedBy: z.string(),
    receiptsUrl: z.string().optional(),
  })
  .meta({ id: 'Channel' })
const field = z.object({ name: z.string(), secret: z.boolean(), required: z.boolean(), json: z.boolean() })

/** What became of one notice to an owner: by which ways it was tried, in their order. */
const delivery = z
  .object({
    key: z.string(),
    at,
    state: z.enum(['under-way', 'received', 'unreached']),
    ways: list(
      z.object({
        way: z.enum(ownerWays),
        state: z.enum(['waiting', 'sending', 'taken', 'received', 'failed', 'silent']),
        at: at.optional(),
        error: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'Delivery' })

export const channelAnswers = {
  'GET /api/channels': z.object({
    items: list(channel),
    kinds: list(z.object({ kind, way, fields: list(field) })),
  }),
  'PUT /api/channels/:id': channel,
  'DELETE /api/channels/:id': done,
  'POST /api/channels/:id/test': z.object({ taken: z.boolean(), receipt: z.string().optional() }),
  'GET /api/tickets/:id/deliveries': items(delivery),
  'GET /api/push/key': z.object({ key: z.string().optional() }),
  'POST /api/push/shown': done,
  'POST /api/t/:secret/push': done,
}
