import { type Server as HttpServer, type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { createWebSocketStream, WebSocketServer } from 'ws'

/** Of MQTT 3.1.1 and 5, and of 3.1 before them. */
const webSocketProtocols = ['mqtt', 'mqttv3.1']

interface Ingress {
  accept: (stream: Duplex, address: string, request: IncomingMessage) => void
  /** It may not ask. */
  refused: () => void
  /** What comes is no WebSocket. */
  malformed: () => void
}

/** MQTT over WebSocket, on HTTP servers of somebody else. */
export class WebSocketIngress {
  readonly #server: WebSocketServer
  constructor(maxPayload: number) {
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload,
      handleProtocols: (offered) => webSocketProtocols.find((protocol) => offered.has(protocol)) ?? false,
    })
  }

  attach(server: HttpServer, path: string, mayAsk: (request: IncomingMessage) => boolean, to: Ingress): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const wrong = upgradeFault(request, path, mayAsk)
      if (wrong) {
        if (wrong.status === 403) to.refused()
        refuseUpgrade(socket, wrong)
        return
      }
      this.#server.handleUpgrade(request, socket, head, (webSocket) => {
        webSocket.on('error', () => {
          to.malformed()
          // What it still sends is not read.
          webSocket.terminate()
        })
        to.accept(createWebSocketStream(webSocket), request.socket.remoteAddress ?? '', request)
      })
    })
  }
  goAway(): void {
    for (const client of this.#server.clients) client.close(1001)
  }
  terminate(): void {
    for (const client of this.#server.clients) client.terminate()
  }
}

interface UpgradeFault {
  status: 400 | 403 | 404
  why: string
}

/**
 * Why a request to speak WebSocket is none of ours; undefined: it is. A client that names no protocol means MQTT.
 * @param mayAsk false for a page of somebody else, which would try secrets from its visitors' browsers
 */
function upgradeFault(
  request: IncomingMessage,
  path: string,
  mayAsk: (request: IncomingMessage) => boolean,
): UpgradeFault | undefined {
  const { url, headers } = request
  const at = url?.split('?')[0]
  if (at !== path && at !== `${path}/`) return { status: 404, why: `MQTT over WebSocket is at ${path}.` }
  if (!mayAsk(request)) {
    const why = `A page of ${headers.origin} may not speak here; PUBLIC_URL and ALLOWED_ORIGINS say which may.`
    return { status: 403, why }
  }
  const offered = headers['sec-websocket-protocol']?.split(',').map((protocol) => protocol.trim())
  if (!offered || offered.some((protocol) => webSocketProtocols.includes(protocol))) return undefined
  return { status: 400, why: `None of the subprotocols offered is served; offer ${webSocketProtocols.join(' or ')}.` }
}

/** Answers in HTTP, so that a client, or whoever reads its log, learns why. */
function refuseUpgrade(socket: Duplex, { status, why }: UpgradeFault): void {
  socket.on('error', () => undefined)
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8`
  socket.end(`${head}\r\nContent-Length: ${Buffer.byteLength(why)}\r\n\r\n${why}`)
}
