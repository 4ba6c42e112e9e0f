import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { SecureContextOptions } from 'node:tls'
import { Problem, type Settings, wallClock } from '../core/index.ts'

const LOOK_EVERY_MS = 5_000

/** Takes over another certificate without ending what is open. */
interface Secured {
  setSecureContext(options: SecureContextOptions): void
}

/**
 * The certificate of this server, from files, and who vouches for appliances that show one. When the files change they are
 * taken over for connections to come; while they do not fit each other (half written, another's key), the old ones stay.
 * @throws Problem `bad-certificate`; undefined where no certificate is set
 */
export async function openCertificate(
  settings: Pick<Settings, 'TLS_CERT' | 'TLS_KEY' | 'TLS_CLIENT_CA' | 'TLS_CLIENT_CRL'>,
  onRetryableError: (what: string, error: unknown) => void,
) {
  const { TLS_CERT: cert, TLS_KEY: key, TLS_CLIENT_CA: ca, TLS_CLIENT_CRL: crl } = settings
  if (!cert || !key) return undefined
  const files = { cert, key, ...(ca ? { ca } : {}), ...(ca && crl ? { crl } : {}) }
  let options = await read(files)
  let seen = await looks(files)
  const servers: Secured[] = []
  async function look(): Promise<void> {
    const now = await looks(files)
    if (now === seen) return
    options = await read(files)
    seen = now
    for (const server of servers) server.setSecureContext(options)
  }
  const timer = setInterval(() => {
    look().catch((error: unknown) => onRetryableError('certificate', error))
  }, LOOK_EVERY_MS)
  return {
    get options(): SecureContextOptions {
      return options
    },
    /** Is a certificate of an appliance asked for? */
    asksAppliances: ca !== undefined,
    /** From here on it has the certificate that is in force. */
    keep: (server: Secured) => void servers.push(server),
    close: () => clearInterval(timer),
  }
}
export type Certificate = NonNullable<Awaited<ReturnType<typeof openCertificate>>>

async function looks(files: Record<string, string>): Promise<string> {
  const found = await Promise.all(Object.values(files).map((path) => stat(path).catch(() => undefined)))
  return found.map((one) => `${one?.mtimeMs} ${one?.size} ${one?.ino}`).join()
}

async function read(files: { cert: string; key: string; ca?: string; crl?: string }): Promise<SecureContextOptions> {
  try {
    const entries = await Promise.all(Object.entries(files).map(async ([name, path]) => [name, await readFile(path)]))
    const pem = Object.fromEntries(entries) as { cert: Buffer; key: Buffer; ca?: Buffer; crl?: Buffer }
    const certificate = new X509Certificate(pem.cert)
    if (!certificate.checkPrivateKey(createPrivateKey(pem.key)))
      throw new Error('the key is not that of the certificate')
    if (certificate.validToDate.getTime() < wallClock.now()) throw new Error(`it ended on ${certificate.validTo}`)
    return { ...pem, minVersion: 'TLSv1.2' }
  } catch (cause) {
    throw new Problem({
      code: 'bad-certificate',
      message: `The certificate in ${files.cert} cannot be used: ${(cause as Error).message}.`,
      remedy: 'TLS_CERT is a PEM file with the chain, TLS_KEY its key; TLS_CLIENT_CA and TLS_CLIENT_CRL are PEM, too.',
      concerns: 'TLS_CERT',
      cause,
    })
  }
}
