import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { TicketView } from '../../service/index.ts'
import type { Account } from './accounts/accounts.ts'
import type { Scope } from './permissions.ts'

declare module 'fastify' {
  interface FastifyRequest {
    account: Account | null
    /** How far the action of this call is allowed to who asks. */
    scope: Scope | null
    /** The own ticket by which it is allowed, where it is allowed to what is one's own alone. */
    ownTicket: TicketView | null
    /** Who acts, as histories name them, where that is not the account's name. */
    actor: string | null
    /** It was done in another organisation, which has written it down. */
    isElsewhere: boolean
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
