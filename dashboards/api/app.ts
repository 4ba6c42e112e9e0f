import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Account } from './accounts.ts'

declare module 'fastify' {
  interface FastifyRequest {
    account: Account | null
  }
}

/** Fastify that knows the zod schemas of its routes. */
export type Api = FastifyInstance<
  import('node:http').Server,
  import('node:http').IncomingMessage,
  import('node:http').ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>
