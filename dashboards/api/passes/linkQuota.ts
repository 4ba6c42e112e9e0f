import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Clock, type Database, HOUR, nth, Problem, SECOND } from '../../../core/index.ts'
import { openLinkChanges } from '../../../service/index.ts'

/** What one owner's link may change within the window: a bad day of an appliance needs a tenth of it. */
export const MOST_CHANGES = 40
export const WINDOW_MS = 24 * HOUR

/** The owner's link that a call comes by: of an appliance (`o`), of a ticket (`t`), of an owner (`p`), of what one shares (`r`). */
type LinkKind = 'o' | 't' | 'p' | 'r'
export function linkOf(request: FastifyRequest): { of: LinkKind; secret: string } | undefined {
  const of = /^\/api\/([otpr])\/:secret/.exec(request.routeOptions.url ?? '')?.[1] as LinkKind | undefined
  return of && { of, secret: (request.params as { secret: string }).secret }
}

/**
 * Bounds what whoever holds an owner's link can write into the history that everybody reads, from however many
 * addresses and over restarts. Each answer tells the state of it, as `RateLimit-*` headers
 * (draft-ietf-httpapi-ratelimit-headers-07).
 */
export function linkQuota(
  database: Database,
  clock: Clock,
): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const changes = openLinkChanges(database)
  return async (request, reply) => {
    const link = linkOf(request)
    if (!link) return
    const { secret } = link
    const subject = `${link.of}/${secret.slice(0, Math.max(0, secret.lastIndexOf('.')))}`
    const now = clock.now()
    const from = now - WINDOW_MS
    const isChange = request.method !== 'GET' && request.method !== 'HEAD'
    const recent = isChange
      ? await changes.add(secret, subject, now, from, MOST_CHANGES)
      : await changes.after(secret, from)
    const waitSeconds = recent.length === 0 ? 0 : Math.ceil((nth(recent, 0) + WINDOW_MS - now) / SECOND)
    const left = MOST_CHANGES - recent.length - (isChange ? 1 : 0)
    reply.headers({
      'ratelimit-limit': MOST_CHANGES,
      'ratelimit-remaining': Math.max(0, left),
      'ratelimit-reset': waitSeconds,
    })
    if (!isChange || left >= 0) return
    throw new Problem({
      code: 'link-quota',
      message: `This link has changed something ${recent.length} times within a day.`,
      remedy: 'Nothing is lost of what was said before. Call the service desk, or try again later.',
      status: 429,
      retryable: true,
      retryAfterSeconds: waitSeconds,
    })
  }
}
