import { APIError, createAuthEndpoint } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { z } from 'zod'

/**
 * The library's tables of our ways to sign in, and one endpoint by which a way that has proven who somebody is opens a
 * session for them. The endpoint is called by this program alone: the library's own handler is mounted nowhere.
 * @param take whose grant this is; it is not good again
 */
export const waysPlugin = (take: (grant: string) => string | undefined) => ({
  id: 'ways' as const,
  schema: {
    apiKey: {
      fields: {
        userId: { type: 'string', required: true, index: true },
        name: { type: 'string', required: true },
        hash: { type: 'string', required: true, unique: true },
        // Several are parted by commas.
        roles: { type: 'string', required: true },
        readOnly: { type: 'boolean', required: true },
        createdAt: { type: 'date', required: true },
        expiresAt: { type: 'date', required: true },
        lastUsedAt: { type: 'date', required: false },
        // Where it opens something; the first one's have none.
        organisation: { type: 'string', required: false },
      },
    },
    secondFactor: {
      fields: {
        userId: { type: 'string', required: true, unique: true },
        // Encrypted under the session secret.
        secret: { type: 'string', required: true },
        confirmedAt: { type: 'date', required: false },
        // The last time step that was used: no code counts twice.
        lastStep: { type: 'number', required: false },
        // Hashes of those that are left, parted by commas.
        recovery: { type: 'string', required: true },
      },
    },
    passkey: {
      fields: {
        userId: { type: 'string', required: true, index: true },
        name: { type: 'string', required: true },
        credential: { type: 'string', required: true, unique: true },
        publicKey: { type: 'string', required: true },
        counter: { type: 'number', required: true },
        createdAt: { type: 'date', required: true },
        lastUsedAt: { type: 'date', required: false },
      },
    },
    // Further ones; the first has a row once it was given a name.
    organisation: {
      fields: {
        slug: { type: 'string', required: true, unique: true },
        name: { type: 'string', required: true },
        createdAt: { type: 'date', required: true },
        closedAt: { type: 'date', required: false },
      },
    },
    // What somebody is in a further organisation.
    membership: {
      fields: {
        userId: { type: 'string', required: true, index: true },
        organisation: { type: 'string', required: true, index: true },
        // Several are parted by commas.
        roles: { type: 'string', required: true },
        engineer: { type: 'string', required: false },
        // The provider of their company gave it, and takes it away.
        vouched: { type: 'boolean', required: false },
      },
    },
  } as const,
  endpoints: {
    signInAs: createAuthEndpoint(
      '/sign-in/as',
      { method: 'POST', body: z.object({ grant: z.string() }) },
      async (ctx) => {
        const id = take(ctx.body.grant)
        const user = id === undefined ? null : await ctx.context.internalAdapter.findUserById(id)
        if (!user) throw new APIError('UNAUTHORIZED')
        const session = await ctx.context.internalAdapter.createSession(user.id)
        await setSessionCookie(ctx, { session, user })
        return ctx.json({ name: user.name })
      },
    ),
  },
})
