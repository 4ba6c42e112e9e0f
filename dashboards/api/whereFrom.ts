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
  if (!isLoopback(peer) || !isLoopback(hostOf(request.headers.host ?? ''))) return false
  // What some proxies speak by default, and add nothing: no program of today does.
  if (request.raw.httpVersionMajor < 1 || request.raw.httpVersion === '1.0') return false
  return !forwarding.some((header) => request.headers[header] !== undefined)
}

/** Of `Host`, without the port; a tunnel that adds no header hands over what people asked for. */
const hostOf = (host: string): string =>
  URL.canParse(`http://${host}`) ? bare(new URL(`http://${host}`).hostname) : ''
const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '')
