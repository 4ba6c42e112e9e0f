import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { Problem } from '../core/index.ts'
import type { Certificate } from './certificate.ts'

/** Who begins a request goes on with it, or goes. */
const BOUNDS = {
  headersTimeout: 8_500,
  requestTimeout: 60_000,
  keepAliveTimeout: 72_000,
  connectionsCheckingInterval: 1_000,
}

/** Where it listens with a certificate, beside the plain port. */
export interface SecurePort {
  host: string
  port: number
  certificate: Certificate
}

/**
 * The port of the API and the pages, and the one with a certificate beside it, open before they are loaded: until `serve`
 * they say that the process lives (`/healthz`) and is not ready.
 * @throws Problem `port-taken`
 */
export async function openHttpDoor(host: string, port: number, secure?: SecurePort) {
  let answer: RequestListener = notYet
  const listener: RequestListener = (request, response) => answer(request, response)
  const server: Server = createServer(BOUNDS, listener)
  await listen(server, host, port, 'PORT')
  const servers = [server]
  if (secure) {
    const secured = createSecureServer({ ...BOUNDS, ...secure.certificate.options }, listener)
    secure.certificate.keep(secured)
    await listen(secured, secure.host, secure.port, 'HTTPS_PORT')
    servers.push(secured)
  }
  return {
    port: portOf(server) ?? port,
    /** With a certificate; undefined where there is none. */
    securePort: servers[1] && portOf(servers[1]),
    server,
    /** Both, where there are two. */
    servers,
    /** From here on this answers. */
    serve(listener: RequestListener): void {
      answer = listener
    },
    async close(): Promise<void> {
      const closed = servers.map((one) => new Promise((resolve) => one.close(resolve)))
      for (const one of servers) one.closeAllConnections()
      await Promise.all(closed)
    },
  }
}

function portOf(server: Server): number | undefined {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : undefined
}

async function listen(server: Server, host: string, port: number, setting: string): Promise<void> {
  const listening = once(server, 'listening')
  server.listen({ host, port })
  await listening.catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'EADDRINUSE'
      ? new Problem({
          code: 'port-taken',
          message: `${setting} ${port} on ${host} is taken.`,
          remedy: `Stop what listens there, or set ${setting} to another one (0 takes any free port).`,
          concerns: setting,
        })
      : cause
  })
}

const notYet: RequestListener = ({ url }, response) => {
  const isAlive = url === '/healthz'
  const body = isAlive
    ? { ok: true }
    : url === '/readyz'
      ? { ready: false }
      : {
          type: 'about:blank',
          status: 503,
          code: 'starting',
          title: 'The service is starting.',
          remedy: 'Try again in a second.',
        }
  response.writeHead(isAlive ? 200 : 503, {
    'content-type': 'type' in body ? 'application/problem+json' : 'application/json; charset=utf-8',
    ...(isAlive ? {} : { 'retry-after': '1' }),
  })
  response.end(JSON.stringify(body))
}
