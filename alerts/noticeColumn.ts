import { z } from 'zod'
import { anyText, type Job, languages, type Notice, recordOf } from '../core/index.ts'
import { jsonColumn, readable } from '../database/index.ts'

/** How somebody is called and reached; empty where they were erased. */
const called = {
  name: z.string(),
  contact: z.string(),
  phone: z.string().optional(),
  wechat: z.string().optional(),
  language: z.enum(languages),
  region: z.string().optional(),
}
const told = z.discriminatedUnion('role', [
  z.looseObject({ role: z.literal('desk') }),
  z.looseObject({ role: z.literal('owner'), ...called }),
  z.looseObject({ role: z.literal('staff'), id: z.string(), ...called }),
])
const body = jsonColumn<Notice, 'notice'>(
  'notice',
  'body',
  z.looseObject({
    key: z.string(),
    to: told,
    title: anyText,
    body: anyText,
    at: z.number(),
    pushFrom: z.number().optional(),
    appliance: z.string().optional(),
    ticket: z.string().optional(),
    alert: z.string().optional(),
    link: z.string().optional(),
    ownersPage: z.string().optional(),
    template: z
      .looseObject({ name: z.string(), params: recordOf(z.string(), z.union([z.string(), anyText])) })
      .optional(),
    quotes: z.literal(true).optional(),
    quoted: z.string().optional(),
    quiet: z.literal(true).optional(),
  }),
)
/** What somebody was told, as it was kept. @throws Problem `row-unreadable` */
export const toNotice = (row: { key: string; body: string }): Notice => body.read(row.body, row.key)
/** Without those that cannot be read. */
export const toNotices = (rows: readonly { key: string; body: string }[]): Notice[] => readable(rows, toNotice)

const deferred = jsonColumn<Job, 'deferredJob'>(
  'deferredJob',
  'body',
  z.looseObject({
    key: z.string(),
    channel: z.string(),
    body: recordOf(z.string(), z.unknown()),
    runAt: z.number().optional(),
  }),
)
/** What waits until somebody may be disturbed. @throws Problem `row-unreadable` */
export const toDeferredJob = (row: { key: string; body: string }): Job => deferred.read(row.body, row.key)

const job = jsonColumn('outbox', 'body', recordOf(z.string(), z.unknown()))
/** What a job is done with: which fields, its channel knows. @throws Problem `row-unreadable` */
export const toJobBody = (row: { key: string; body: string }): Job['body'] => job.read(row.body, row.key)

/** A browser that asked to be told, as it said so; its channel knows the rest of it. */
export interface Subscription {
  endpoint: string
}
const subscription = jsonColumn('pushSubscription', 'body', z.looseObject({ endpoint: z.string() }))
/** @throws Problem `row-unreadable` */
export const toSubscription = (row: { endpoint: string; body: string }): Subscription =>
  subscription.read(row.body, row.endpoint)
