import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'

/** Of MQTT 3.1.1, and of 3.1 before it. */
export const webSocketProtocols = ['mqtt', 'mqttv3.1']

export interface UpgradeFault {
  status: 400 | 403 | 404
  why: string
}

/**
 * Why a request to speak WebSocket is none of ours; undefined: it is. A client that names no protocol means MQTT.
 * @param mayAsk false for a page of somebody else, which would try secrets from its visitors' browsers
 */
export function upgradeFault(
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
export function refuseUpgrade(socket: Duplex, { status, why }: UpgradeFault): void {
  socket.on('error', () => undefined)
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8`
  socket.end(`${head}\r\nContent-Length: ${Buffer.byteLength(why)}\r\n\r\n${why}`)
}
