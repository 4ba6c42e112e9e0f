import type { FastifyRequest } from 'fastify'
import { Problem } from '../../../../core/index.ts'
import type { Account } from '../../accounts/accounts.ts'

/** @throws Problem `not-signed-in` for anyone but a person who signed in */
export function person({ account }: FastifyRequest): Account {
  if (account && account.session !== undefined) return account
  throw new Problem({
    code: 'not-signed-in',
    message: 'Only a person who signed in on the page has a password and sessions.',
    remedy: 'Sign in first.',
    status: 401,
  })
}
