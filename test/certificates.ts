// Certificates for tests, made here: an authority, and whom it vouches for.
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

const DAY_MS = 86_400_000
const curve = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
x509.cryptoProvider.set(webcrypto as Crypto)

/** Who signs, with its own certificate (PEM). */
export interface Authority {
  cert: string
  name: string
  keys: CryptoKeyPair
}

const newKeys = (): Promise<CryptoKeyPair> =>
  webcrypto.subtle.generateKey(curve, true, ['sign', 'verify']) as Promise<CryptoKeyPair>

export async function openAuthority(name: string): Promise<Authority> {
  const keys = await newKeys()
  const own = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: curve,
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + 30 * DAY_MS),
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  })
  return { cert: own.toString('pem'), name: `CN=${name}`, keys }
}

/** Of 127.0.0.1, good until so many days from now. @param by without one it vouches for itself */
export async function certificateOf(
  subject: string,
  by: Authority | undefined,
  days: number,
): Promise<{ cert: string; key: string }> {
  const keys = await newKeys()
  const made = await x509.X509CertificateGenerator.create({
    subject: `CN=${subject}`,
    issuer: by?.name ?? `CN=${subject}`,
    publicKey: keys.publicKey,
    signingKey: (by?.keys ?? keys).privateKey,
    signingAlgorithm: curve,
    notBefore: new Date(Date.now() - 2 * DAY_MS),
    notAfter: new Date(Date.now() + days * DAY_MS),
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
  })
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))
  return { cert: made.toString('pem'), key: x509.PemConverter.encode(der, 'PRIVATE KEY') }
}
