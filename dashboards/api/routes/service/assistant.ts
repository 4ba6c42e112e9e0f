import { z } from 'zod'
import { languages } from '../../../../core/index.ts'
import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'
import { photoSchema } from '../visits.ts'
import { ownersArticle } from './knowledge.ts'

/** Each question is paid for somewhere. */
const LIMIT = { config: { rateLimit: { max: 10, timeWindow: '1 minute' } } }
const PHOTO_BODY_LIMIT = 1 << 20
const asked = {
  question: z.string().trim().min(1).max(1_000),
  photo: photoSchema.optional(),
  language: z.enum(languages).default('en'),
}
const pictureOf = (photo: z.infer<typeof photoSchema> | undefined): string | undefined =>
  photo && `data:${photo.type};base64,${photo.base64}`

/** Questions that a language model answers from cited articles; off until one is set up. */
export function assistantRoutes(
  app: Api,
  { desk, knowledge: { assistant }, registry }: Pick<ApiContext, 'desk' | 'knowledge' | 'registry'>,
): void {
  app.post(
    '/api/assistant',
    {
      ...LIMIT,
      bodyLimit: PHOTO_BODY_LIMIT,
      schema: {
        summary: 'An answer from the articles that it cites, or none',
        tags: ['knowledge'],
        body: z.object({ ...asked, kind: z.string().max(128).optional(), model: z.string().max(128).optional() }),
        response: { 200: answers['POST /api/assistant'] },
      },
    },
    async ({ body: { photo, ...body } }) => {
      const said = await assistant.ask({ ...body, reader: 'engineer', picture: pictureOf(photo) })
      return said.kind === 'answered'
        ? { text: said.text, cites: said.cites, found: [] }
        : { because: said.because, cites: [], found: said.found }
    },
  )
  app.post(
    '/api/o/:secret/ask',
    {
      ...LIMIT,
      bodyLimit: PHOTO_BODY_LIMIT,
      schema: {
        summary: 'I ask of my appliance: an answer from the articles that it cites, or none',
        tags: ['owner'],
        security: [],
        params: z.object({ secret: z.string().max(200) }),
        body: z.object(asked),
        response: { 200: answers['POST /api/o/:secret/ask'] },
      },
    },
    async ({ params: { secret }, body: { photo, ...body } }) => {
      const { kind, model } = registry.get(await desk.applianceBySecret(secret))
      const said = await assistant.ask({ ...body, kind, model, reader: 'owner', picture: pictureOf(photo) })
      return said.kind === 'answered'
        ? { text: said.text, cites: said.cites.map(ownersArticle), found: [] }
        : { because: said.because, cites: [], found: said.found.map(ownersArticle) }
    },
  )
}
