import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Clock, HOUR, type Millis, Problem, SECOND } from '../../core/index.ts'

/** What one owner's link may change within the window: a bad day of an appliance needs a tenth of it. */
const MOST_CHANGES = 40
const WINDOW_MS = 24 * HOUR
/** Links that are remembered at most; those that changed something longest ago are forgotten first. */
const MOST_LINKS = 50_000

/** The owner's link that a call comes by: of an appliance (`o`) or of a ticket (`t`). */
export function linkOf(request: FastifyRequest): { of: 'o' | 't'; secret: string } | undefined {
  const of = /^\/api\/([ot])\/:secret/.exec(request.routeOptions.url ?? '')?.[1] as 'o' | 't' | undefined
  return of && { of, secret: (request.params as { secret: string }).secret }
}

/**
 * Bounds what whoever holds an owner's link can write into the history that everybody reads, from however many
 * addresses. Each answer tells the state of it, as `RateLimit-*` headers (draft-ietf-httpapi-ratelimit-headers-07).
 */
export function linkQuota(clock: Clock): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const changes = new Map<string, Millis[]>()
  return async (request, reply) => {
    const secret = linkOf(request)?.secret
    if (secret === undefined) return
    const now = clock.now()
    const recent = (changes.get(secret) ?? []).filter((at) => at > now - WINDOW_MS)
    const isChange = request.method === 'POST'
    const waitSeconds = recent.length === 0 ? 0 : Math.ceil((recent[0]! + WINDOW_MS - now) / SECOND)
    const left = MOST_CHANGES - recent.length - (isChange ? 1 : 0)
    reply.headers({
      'ratelimit-limit': MOST_CHANGES,
      'ratelimit-remaining': Math.max(0, left),
      'ratelimit-reset': waitSeconds,
    })
    if (!isChange) return
    if (left < 0) {
      throw new Problem({
        code: 'link-quota',
        message: `This link has changed something ${recent.length} times within a day.`,
        remedy: 'Nothing is lost of what was said before. Call the service desk, or try again later.',
        status: 429,
        retryable: true,
        retryAfterSeconds: waitSeconds,
      })
    }
    changes.delete(secret)
    changes.set(secret, [...recent, now])
    for (const oldest of changes.keys()) {
      if (changes.size <= MOST_LINKS) break
      changes.delete(oldest)
    }
  }
}
