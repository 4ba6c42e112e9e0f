import type { FastifyRequest } from 'fastify'
import { isLoopback } from '../../core/index.ts'

/** Every header by which some proxy says that it is one. */
const forwarding = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-forwarded-server',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-original-forwarded-for',
  'true-client-ip',
  'cf-connecting-ip',
  'cf-ray',
  'fastly-client-ip',
  'fly-client-ip',
]

/**
 * Is it a program on this machine that asks, for itself? A proxy on this machine asks for somebody else: it is known by
 * the headers that proxies add, whatever their names, or by the host that people asked it for.
 */
export function isLocal(request: FastifyRequest): boolean {
  const peer = request.socket.remoteAddress ?? ''
  if (!isLoopback(peer)) return false
  return !forwarding.some((header) => request.headers[header] !== undefined)
}
