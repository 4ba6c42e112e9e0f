import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Clock, HOUR } from '../../core/index.ts'
import type { Audit } from '../../service/index.ts'

/** Routes that answer an owner's name, contact or words, and lists of them. */
const showsOwners =
  /^\/api\/(?:appliances(?:\/:id)?|tickets(?:\/:id)?|day|tasks|inbox|people|file|service-file|care|jobs|quarantine|audit|exports?|p\/:secret\/data|erasures)(?:\/|$)/
/** Calls that only look although they are no GET, and those that write an entry of their own. */
const ofItsOwn = new Set([
  'POST /api/session',
  'POST /api/session/link',
  'POST /api/session/passkey',
  'POST /api/session/passkey/finish',
  'POST /api/push/subscriptions',
  'DELETE /api/push/subscriptions',
])
/** A page asks every few seconds: whoever reads the same thing again within this time is one entry. */
const READ_ONCE_MS = HOUR
const READS_KNOWN = 20_000

/** Not let in, not allowed, or too often. */
const refusedStatus = new Set([401, 403, 429])

/**
 * Writes down every call of a signed-in person, or of an owner by their link, that changed something, each read of what
 * concerns an owner, and what somebody was refused. At one place and by route, so that no call is forgotten.
 */
export function auditCalls(audit: Audit, wall: Clock, actorOf: (request: FastifyRequest) => string) {
  const reads = new Map<string, number>()
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const route = request.routeOptions.url
    if (!route?.startsWith('/api/') || request.isElsewhere) return
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    const action = `${isRead ? 'GET' : request.method} ${route}`
    // The simulated people are no people; what they do is in the tickets.
    if (ofItsOwn.has(action) || request.account?.id === 'simulation') return
    const subject = subjectOf(request)
    if (refusedStatus.has(reply.statusCode)) {
      const who = request.account ? actorOf(request) : 'stranger'
      // A page that is left open asks on without a sign-in; whoever shows a token means it.
      if (request.account || !isRead || request.headers.authorization !== undefined)
        await audit.refused({ who, action: `refused ${action}`, subject, address: request.ip })
      return
    }
    if (reply.statusCode >= 400 || (isRead && !showsOwners.test(route))) return
    const who = actorOf(request)
    const read = isRead ? `${who}\n${action}\n${subject ?? ''}` : undefined
    if (read !== undefined) {
      const now = wall.now()
      if (now - (reads.get(read) ?? -READ_ONCE_MS) < READ_ONCE_MS) return
      reads.delete(read)
      reads.set(read, now)
      for (const oldest of reads.keys()) {
        if (reads.size <= READS_KNOWN) break
        reads.delete(oldest)
      }
    }
    try {
      await audit.record({ who, action, subject, address: request.ip })
    } catch (error) {
      // What is not written down is not answered; asked again, it is tried again.
      if (read !== undefined) reads.delete(read)
      throw error
    }
  }
}

/** The id in the path. Of an owner's link what it opens, and nothing of what opens it. */
function subjectOf({ params }: FastifyRequest): string | undefined {
  const { id, code, secret } = (params ?? {}) as { id?: string; code?: string; secret?: string }
  return (id ?? code ?? secret?.slice(0, Math.max(0, secret.lastIndexOf('.'))))?.slice(0, 128) || undefined
}
