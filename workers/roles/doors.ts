import { createServer } from 'node:tls'
import type { Settings } from '../../core/index.ts'
import { type Certificate, openCertificate } from '../certificate.ts'
import type { Ending } from '../ending.ts'
import { openHttpDoor } from '../httpDoor.ts'

const LOOPBACK = '127.0.0.1'
/** Who begins to come to terms goes on with it, or goes. */
const HANDSHAKE_MS = 8_500

export type HttpIngress = Awaited<ReturnType<typeof openDoors>>
/** The ports of HTTP, with and without a certificate, and where people reach them. */
export async function openDoors(settings: Settings, { opened, onRetryableError }: Ending) {
  const certificate = await openCertificate(settings, onRetryableError)
  opened(async () => certificate?.close())
  // Where there is a certificate, what is not encrypted stays on this machine.
  const plainHost = certificate ? LOOPBACK : settings.HOST
  const secure = certificate && { host: settings.HOST, port: settings.HTTPS_PORT, certificate }
  const http = await openHttpDoor(plainHost, settings.PORT, secure)
  const shownHost = inUrl(settings.HOST)
  const reached = http.securePort ? `https://${shownHost}:${http.securePort}` : `http://${shownHost}:${http.port}`
  return { certificate, plainHost, http, publicUrl: settings.PUBLIC_URL?.replace(/\/$/, '') ?? reached }
}

type Ports = Record<'port' | 'securePort', number | undefined>
/** What is said at the start: without a certificate, and with one where there is one. Of MQTT only where it is heard here. */
export function whereHeard(plain: string, shown: string, http: Ports, mqtt: Ports): string[] {
  const [here, there] = [inUrl(plain), inUrl(shown)]
  const said = [`http://${here}:${http.port}${mqtt.port ? ` mqtt://${here}:${mqtt.port}` : ''}`]
  if (!http.securePort) return said
  return [...said, `https://${there}:${http.securePort}${mqtt.port ? ` mqtts://${there}:${mqtt.securePort}` : ''}`]
}

const inUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host)

/** MQTT with a certificate; appliances may show one of their own. */
export function secureMqtt({ HOST: host, MQTTS_PORT: port }: Settings, certificate: Certificate) {
  const server = createServer({
    ...certificate.options,
    requestCert: certificate.asksAppliances,
    // Who shows none, or one that nobody vouches for, signs in with a password.
    rejectUnauthorized: false,
    handshakeTimeout: HANDSHAKE_MS,
    noDelay: true,
  })
  certificate.keep(server)
  return { host, port, server }
}
