import { z } from 'zod'
import { idSchema, notFound } from '../../../../core/index.ts'
import { accountName, type Role, roles } from '../../accounts/accounts.ts'
import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'

const password = z.string().max(200)

/** Accounts of people, by an administrator. */
export function accountRoutes(
  app: Api,
  { accounts, people, publicUrl }: Pick<ApiContext, 'accounts' | 'people' | 'publicUrl'>,
): void {
  const linkFor = async (account: string, what: 'invite' | 'reset') => {
    const { path, expiresAt } = await accounts.passwordLink(account, what)
    return { link: publicUrl + path, expiresAt }
  }
  const known = async (engineer: string | null | undefined): Promise<void> => {
    if (engineer && !(await people.engineers()).some(({ id }) => id === engineer)) throw notFound('engineer', engineer)
  }
  app.get(
    '/api/accounts',
    { schema: { summary: 'Accounts of people', tags: ['session'], response: { 200: answers['GET /api/accounts'] } } },
    async () => ({
      items: (await accounts.list()).map(withRole),
    }),
  )
  app.post(
    '/api/accounts',
    {
      schema: {
        summary: 'Add an account; without a password the answer has a link by which they set their own',
        tags: ['session'],
        body: z
          .object({
            name: z.string().regex(accountName),
            password: password.optional(),
            ...work,
            engineer: idSchema.optional(),
          })
          .refine(({ role, roles }) => !!role !== !!roles, { message: 'give role, or roles for several' }),
        response: { 201: answers['POST /api/accounts'] },
      },
    },
    async (request, reply) => {
      const { name, password, engineer } = request.body
      await known(engineer)
      const made = await accounts.create(name, password, rolesIn(request.body) ?? [], engineer)
      const invited = password === undefined ? await linkFor(made.id, 'invite') : {}
      return reply.code(201).send({ ...withRole(made), ...invited })
    },
  )
  app.post(
    '/api/accounts/invitations',
    {
      schema: {
        summary: 'A link by which somebody who has an account in another organisation comes into this one, too',
        tags: ['session'],
        body: z
          .object({ ...work, engineer: idSchema.optional() })
          .refine(({ role, roles }) => !!role !== !!roles, { message: 'give role, or roles for several' }),
        response: { 201: answers['POST /api/accounts/invitations'] },
      },
    },
    async ({ body }, reply) => {
      await known(body.engineer)
      const { path, expiresAt } = await accounts.invite(rolesIn(body) ?? [], body.engineer)
      return reply.code(201).send({ link: publicUrl + path, expiresAt })
    },
  )
  app.post(
    '/api/accounts/:id/link',
    {
      schema: {
        ...of('A link by which they set a new password: it works once, for a day'),
        response: { 201: answers['POST /api/accounts/:id/link'] },
      },
    },
    async (request, reply) => reply.code(201).send(await linkFor(request.params.id, 'reset')),
  )
  app.patch(
    '/api/accounts/:id',
    {
      schema: {
        ...of('Other roles, another engineer, disabled or enabled again, a new password: its sessions end'),
        body: z
          .object({
            ...work,
            engineer: idSchema.nullable().optional(),
            disabled: z.boolean().optional(),
            password: password.optional(),
          })
          .refine((change) => Object.keys(change).length > 0, { message: 'changes nothing' }),
        response: { 200: answers['PATCH /api/accounts/:id'] },
      },
    },
    async (request) => {
      const { engineer, disabled, password } = request.body
      await known(engineer)
      const change = { roles: rolesIn(request.body), engineer, disabled, password }
      return withRole(await accounts.change(request.params.id, change))
    },
  )
  app.delete(
    '/api/accounts/:id',
    {
      schema: { ...of('Delete an account; its sessions end'), response: { 200: answers['DELETE /api/accounts/:id'] } },
    },
    async (request) => {
      await accounts.remove(request.params.id)
      return { ok: true }
    },
  )
  sessionsOf(app, accounts)
}

const of = (summary: string) => ({
  summary,
  tags: ['session'],
  params: z.object({ id: z.string().max(128) }),
})
/** Where somebody is signed in, to an administrator. */
function sessionsOf(app: Api, accounts: ApiContext['accounts']): void {
  app.get(
    '/api/accounts/:id/sessions',
    { schema: { ...of('Where somebody is signed in'), response: { 200: answers['GET /api/accounts/:id/sessions'] } } },
    async (request) => {
      await accounts.requireOwn(request.params.id)
      return { items: await accounts.sessions(request.params.id) }
    },
  )
  app.delete(
    '/api/accounts/:id/sessions/:session',
    {
      schema: {
        ...of('End a session of somebody'),
        params: z.object({ id: z.string().max(128), session: z.string().max(128) }),
        response: { 200: answers['DELETE /api/accounts/:id/sessions/:session'] },
      },
    },
    async (request) => {
      await accounts.requireOwn(request.params.id)
      await accounts.endSession(request.params.id, request.params.session)
      return { ok: true }
    },
  )
}

/** Who knows of one role alone is told the first of them. */
export const withRole = <T extends { roles: readonly Role[] }>(account: T) => ({ ...account, role: account.roles[0] })
const work = { role: z.enum(roles).optional(), roles: z.array(z.enum(roles)).min(1).max(roles.length).optional() }
const rolesIn = ({ role, roles: several }: { role?: Role | undefined; roles?: Role[] | undefined }) =>
  several ?? (role && [role])
