import { z } from 'zod'
import { articleStates, audiences } from '../../../../service/index.ts'
import { at, items, list, text } from '../shared.ts'

const success = z.object({
  tried: z.number(),
  helped: z.number(),
  failed: z.number(),
  /** (helped − failed) ÷ tried; null before anybody has tried it. */
  rate: z.number().nullable(),
})
const article = z
  .object({
    id: z.string(),
    kind: z.string(),
    models: list(z.string()),
    modes: list(z.string()),
    audience: z.enum(audiences),
    state: z.enum(articleStates),
    origin: z.enum(['shipped', 'ticket', 'person']),
    ticket: z.string().optional(),
    version: z.number(),
    title: text,
    text,
    by: z.string(),
    updatedAt: at,
    success,
  })
  .meta({ id: 'Article' })
const ownersArticle = z.object({ id: z.string(), title: text, text }).meta({ id: 'OwnersArticle' })

/** An answer with what it stands on; or none, and what was found all the same. */
const answered = <T extends z.ZodType>(one: T) =>
  z.object({
    text: z.string().optional(),
    cites: list(one),
    because: z.enum(['no-article', 'not-cited', 'not-safe']).optional(),
    found: list(one),
  })

const diagnosis = z
  .object({
    id: z.string(),
    appliance: z.string(),
    kind: z.string(),
    by: z.string(),
    startedAt: at,
    endedAt: at.optional(),
    outcome: z.enum(['solved', 'guide', 'ticket']).optional(),
    ticket: z.string().optional(),
    steps: list(z.object({ at, node: z.string(), answer: z.string(), ask: text, said: text })),
    /** What is asked now; `article` is tried together with the caller. */
    node: z.string(),
    ask: text.optional(),
    article: z.string().optional(),
    answers: list(z.object({ id: z.string(), text })),
  })
  .meta({ id: 'Diagnosis' })

export const knowledgeAnswers = {
  /** `assistant`: whether one is set up, to be asked. */
  'GET /api/articles': items(article).extend({ assistant: z.boolean() }),
  'POST /api/articles': article,
  'GET /api/articles/:id': article.extend({
    versions: list(
      z.object({
        version: z.number(),
        at,
        by: z.string(),
        title: text,
        text,
        reviewedBy: z.string().optional(),
        reviewedAt: at.optional(),
      }),
    ),
  }),
  'PUT /api/articles/:id': article,
  'POST /api/articles/:id/publish': article,
  'POST /api/articles/:id/retire': article,
  'GET /api/tickets/:id/articles': items(article),
  'POST /api/tickets/:id/article': article,
  'POST /api/tickets/:id/articles/:article/tried': z.object({ ok: z.boolean() }),
  'GET /api/t/:secret/articles': items(ownersArticle),
  'POST /api/t/:secret/articles/:article/tried': z.object({ ok: z.boolean() }),
  'GET /api/o/:secret/articles': z.object({ items: list(ownersArticle), assistant: z.boolean() }),
  'POST /api/o/:secret/ask': answered(ownersArticle),
  'POST /api/assistant': answered(article),
  'GET /api/tickets/:id/diagnoses': items(diagnosis),
  'GET /api/appliances/:id/diagnoses': z.object({ isGuided: z.boolean(), items: list(diagnosis) }),
  'POST /api/appliances/:id/diagnoses': diagnosis,
  'POST /api/diagnoses/:id/answers': diagnosis,
}
