import { z } from 'zod'
import { roles } from '../accounts/accountNames.ts'
import { type Action, actions } from '../permissions.ts'
import { at, done, items, list } from './shared.ts'

const role = z.enum(roles)
const who = { id: z.string(), name: z.string(), roles: list(role), engineer: z.string().optional() }
/** Who knows of one role alone is told the first of them. */
const first = { role: role.optional() }
const account = z
  .object({ ...who, ...first, disabled: z.boolean(), lastSignInAt: at.optional() })
  .meta({ id: 'Account' })
/** A sign-in that still holds. */
const session = z.object({
  id: z.string(),
  createdAt: at,
  expiresAt: at,
  address: z.string(),
  agent: z.string(),
})
/** Of the first one nobody knows since when; one that is closed lets nobody in. */
const organisation = z
  .object({ id: z.string(), name: z.string(), createdAt: at.optional(), closedAt: at.optional() })
  .meta({ id: 'Organisation' })
/** By which somebody sets a password of their own. */
const passwordLink = z.object({ link: z.string(), expiresAt: at })

export const sessionAnswers = {
  'GET /api/session': z.object({
    account: z.object({ ...who, ...first }).nullable(),
    /** How far each action is allowed. */
    may: z.partialRecord(z.enum(actions satisfies Action[]), z.enum(['own', 'all'])),
    mayUseLink: z.boolean(),
    /** How one may sign in besides by name and password, or a passkey. */
    ways: z.object({ oidc: z.boolean() }),
    /** Where there are several organisations: which this is, and those that may be entered instead. */
    organisation: z.string().optional(),
    organisations: list(z.object({ id: z.string(), name: z.string() })).optional(),
  }),
  'GET /api/organisations': items(organisation),
  'POST /api/organisations': organisation,
  'PATCH /api/organisations/:id': organisation,
  'POST /api/session/organisation': done,
  'POST /api/session/join': z.object({ organisation: z.string() }),
  'POST /api/accounts/invitations': passwordLink,
  'POST /api/session': done,
  'DELETE /api/session': done,
  'POST /api/session/password': done,
  'POST /api/session/link': z.object({ name: z.string() }),
  'GET /api/session/all': items(session.extend({ current: z.boolean() })),
  'DELETE /api/session/all/:id': done,
  'GET /api/accounts': items(account),
  'POST /api/accounts': account.extend(passwordLink.partial().shape),
  'POST /api/accounts/:id/link': passwordLink,
  'PATCH /api/accounts/:id': account,
  'DELETE /api/accounts/:id': done,
  'GET /api/accounts/:id/sessions': items(session),
  'DELETE /api/accounts/:id/sessions/:session': done,
}
