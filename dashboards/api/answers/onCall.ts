import { z } from 'zod'
import { ownerWays } from '../../../core/index.ts'
import { escalationCauses } from '../../../service/index.ts'
import { at, done, items, language, list, text } from './shared.ts'

const person = z
  .object({
    id: z.string(),
    name: z.string(),
    language,
    /** How they are reached, where that is shown. */
    contact: z.string(),
    phone: z.string().optional(),
    wechat: z.string().optional(),
  })
  .meta({ id: 'OnCallPerson' })
const rota = z
  .object({
    id: z.string(),
    timeZone: z.string(),
    since: z.string(),
    handoverHour: z.number(),
    turnDays: z.number(),
    members: list(z.string()),
  })
  .meta({ id: 'Rota' })
const override = z.object({
  id: z.string(),
  rota: z.string(),
  person: z.string(),
  from: at,
  to: at,
  by: z.string(),
  why: z.string(),
})
const onCallNow = z.object({
  rota: z.string(),
  person: z.string().optional(),
  name: z.string().optional(),
  until: at.optional(),
  override: z.string().optional(),
})
const cause = z.enum(escalationCauses)
const escalation = z
  .object({
    id: z.string(),
    cause,
    since: at,
    next: z.number().nullable(),
    nextAt: at.nullable(),
    endedAt: at.optional(),
    endedBy: z.string().optional(),
    title: text,
    link: z.string(),
    steps: list(z.object({ step: z.number(), at, rota: z.string(), person: z.string().optional() })),
  })
  .meta({ id: 'Escalation' })
const foreseen = z.object({
  at,
  rota: z.string(),
  person: z.string().optional(),
  name: z.string().optional(),
  ways: list(z.enum(ownerWays)),
})

export const onCallAnswers = {
  'GET /api/on-call': z.object({
    now: at,
    on: list(onCallNow),
    people: list(person),
    rotas: list(rota),
    overrides: list(override),
  }),
  'PUT /api/on-call/people/:id': person,
  'DELETE /api/on-call/people/:id': done,
  'PUT /api/on-call/rotas/:id': rota,
  'DELETE /api/on-call/rotas/:id': done,
  'POST /api/on-call/overrides': override,
  'DELETE /api/on-call/overrides/:id': done,
  'GET /api/escalations': items(escalation),
  'GET /api/escalations/preview': items(z.object({ cause, steps: list(foreseen) })),
}
