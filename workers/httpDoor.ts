import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { Problem } from '../core/index.ts'

/** Who begins a request goes on with it, or goes. */
const BOUNDS = {
  headersTimeout: 8_500,
  requestTimeout: 60_000,
  keepAliveTimeout: 72_000,
  connectionsCheckingInterval: 1_000,
}

/**
 * The port of the API and the pages, open before they are loaded: until `serve` it says that the process lives
 * (`/healthz`) and is not ready.
 * @throws Problem `port-taken`
 */
export async function openHttpDoor(host: string, port: number) {
  let answer: RequestListener = notYet
  const server: Server = createServer(BOUNDS, (request, response) => answer(request, response))
  const listening = once(server, 'listening')
  server.listen({ host, port })
  await listening.catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'EADDRINUSE'
      ? new Problem({
          code: 'port-taken',
          message: `PORT ${port} on ${host} is taken.`,
          remedy: 'Stop what listens there, or set PORT to another one (0 takes any free port).',
          concerns: 'PORT',
        })
      : cause
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : port,
    server,
    /** From here on this answers. */
    serve(listener: RequestListener): void {
      answer = listener
    },
    async close(): Promise<void> {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
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
