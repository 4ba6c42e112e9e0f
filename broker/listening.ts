import { once } from 'node:events'
import type { Server } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { Problem } from '../core/index.ts'

/** @param setting that names the port @throws Problem `port-taken` or `cannot-listen`, which say what to change */
export async function listenAt(server: Server, host: string, port: number, setting: string): Promise<void> {
  const listening = once(server, 'listening')
  server.listen({ host, port, backlog: 4096 })
  try {
    await listening
  } catch (cause) {
    const taken = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE'
    throw new Problem({
      code: taken ? 'port-taken' : 'cannot-listen',
      message: `MQTT cannot listen on ${host}:${port}: ${taken ? 'another program does' : (cause as Error).message}.`,
      remedy: taken
        ? `Set ${setting} to a free port, or end the other program.`
        : `Set HOST and ${setting} to what this machine has.`,
      concerns: setting,
      cause,
    })
  }
}

export function portOf(server: Server | undefined): number | undefined {
  const address = server?.address()
  return typeof address === 'object' && address ? address.port : undefined
}

/** Does it show a certificate of its own name, by somebody whom we believe? Then it needs no password. */
export function isVouchedFor(conn: Duplex, id: string): boolean {
  if (!(conn instanceof TLSSocket) || !conn.authorized) return false
  const { CN } = conn.getPeerCertificate().subject ?? {}
  return CN === id
}
