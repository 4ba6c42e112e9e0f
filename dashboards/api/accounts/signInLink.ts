import { APIError, createAuthEndpoint } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { z } from 'zod'

/**
 * One more way in, for the administrator who has no password yet: the link that a start prints.
 * @param take is the key good? It is not good again.
 */
export const signInLinkPlugin = (take: (key: string) => Promise<boolean>) => ({
  id: 'sign-in-link' as const,
  endpoints: {
    signInByLink: createAuthEndpoint(
      '/sign-in/link',
      { method: 'POST', body: z.object({ key: z.string() }) },
      async (ctx) => {
        const admin = await ctx.context.internalAdapter.findUserByEmail('admin@accounts.invalid')
        if (!admin || !(await take(ctx.body.key))) {
          throw new APIError('UNAUTHORIZED', { message: 'This link no longer works.' })
        }
        const session = await ctx.context.internalAdapter.createSession(admin.user.id)
        await setSessionCookie(ctx, { session, user: admin.user })
        return ctx.json({ name: admin.user.name })
      },
    ),
  },
})
