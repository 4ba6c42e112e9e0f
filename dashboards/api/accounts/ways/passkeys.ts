import { isIP } from 'node:net'
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { type Clock, MINUTE, newSecret, notFound, Problem } from '../../../../core/index.ts'
import type { AuthLibrary } from '../authLibrary.ts'

const CEREMONY_MS = 5 * MINUTE
const MOST_CEREMONIES = 10_000
const MOST_PASSKEYS = 20

interface Row {
  id: string
  userId: string
  name: string
  credential: string
  publicKey: string
  counter: number
  createdAt: Date
  lastUsedAt?: Date | null
}
export interface PasskeyView {
  id: string
  name: string
  createdAt: number
  lastUsedAt?: number
}
interface Ceremony {
  challenge: string
  /** Whose it is to be; absent when somebody signs in. */
  account?: string
  until: number
}

/** WebAuthn, level 3: whoever holds the key and unlocks it (a finger, a PIN) needs no password and no code. */
export class Passkeys {
  readonly #table: AuthLibrary['table']
  readonly #clock: Clock
  readonly #ceremonies = new Map<string, Ceremony>()
  constructor(table: AuthLibrary['table'], clock: Clock) {
    this.#table = table
    this.#clock = clock
  }

  async of(account: string): Promise<PasskeyView[]> {
    return (await this.#rows({ userId: account })).map(({ id, name, createdAt, lastUsedAt }) => ({
      id,
      name,
      createdAt: new Date(createdAt).getTime(),
      ...(lastUsedAt ? { lastUsedAt: new Date(lastUsedAt).getTime() } : {}),
    }))
  }
  /** @param origin of the page @throws Problem `passkey-needs-name`, `too-many-passkeys` */
  async beginMaking(
    account: { id: string; name: string },
    origin: string,
  ): Promise<{ ceremony: string; options: PublicKeyCredentialCreationOptionsJSON }> {
    const known = await this.#rows({ userId: account.id })
    if (known.length >= MOST_PASSKEYS)
      throw new Problem({
        code: 'too-many-passkeys',
        message: `You have ${MOST_PASSKEYS} passkeys, as many as you may.`,
        remedy: 'Take one away that is not used any more.',
        status: 409,
      })
    const options = await generateRegistrationOptions({
      rpName: 'Hearthwatch',
      rpID: nameOf(origin),
      userName: account.name,
      userID: new Uint8Array(Buffer.from(account.id)),
      attestationType: 'none',
      excludeCredentials: known.map(({ credential }) => ({ id: credential })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    })
    return { ceremony: this.#begun({ challenge: options.challenge, account: account.id }), options }
  }
  /** @throws Problem `passkey-refused` */
  async finishMaking(
    account: string,
    { ceremony, name, response }: { ceremony: string; name: string; response: RegistrationResponseJSON },
    origin: string,
  ): Promise<void> {
    const begun = this.#taken(ceremony)
    if (begun.account !== account) throw refused()
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: begun.challenge,
      expectedOrigin: origin,
      expectedRPID: nameOf(origin),
    }).catch((cause: unknown) => {
      throw refused(cause)
    })
    if (!verified || !registrationInfo) throw refused()
    const { credential } = registrationInfo
    await this.#table.create<Row>('passkey', {
      userId: account,
      name,
      credential: credential.id,
      publicKey: Buffer.from(credential.publicKey).toString('base64url'),
      counter: credential.counter,
      createdAt: new Date(this.#clock.now()),
    })
  }
  async beginSigningIn(origin: string): Promise<{ ceremony: string; options: PublicKeyCredentialRequestOptionsJSON }> {
    const options = await generateAuthenticationOptions({ rpID: nameOf(origin), userVerification: 'required' })
    return { ceremony: this.#begun({ challenge: options.challenge }), options }
  }
  /** @returns whose it is @throws Problem `passkey-refused` */
  async finishSigningIn(
    { ceremony, response }: { ceremony: string; response: AuthenticationResponseJSON },
    origin: string,
  ): Promise<string> {
    const { challenge, account } = this.#taken(ceremony)
    const [row] = await this.#rows({ credential: response.id })
    if (!row || account !== undefined) throw refused()
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: nameOf(origin),
      credential: {
        id: row.credential,
        publicKey: new Uint8Array(Buffer.from(row.publicKey, 'base64url')),
        counter: row.counter,
      },
    }).catch((cause: unknown) => {
      throw refused(cause)
    })
    if (!verified) throw refused()
    const lastUsedAt = new Date(this.#clock.now())
    await this.#table.update('passkey', row.id, { counter: authenticationInfo.newCounter, lastUsedAt })
    return row.userId
  }
  /** @throws Problem `not-found` */
  async takeAway(account: string, id: string): Promise<void> {
    if (!(await this.of(account)).some((passkey) => passkey.id === id)) throw notFound('passkey', id)
    await this.#table.remove('passkey', { id })
  }
  async forget(account: string): Promise<void> {
    await this.#table.remove('passkey', { userId: account })
  }

  #rows(of: Record<string, string>): Promise<Row[]> {
    return this.#table.find<Row>('passkey', of)
  }
  #begun(ceremony: Omit<Ceremony, 'until'>): string {
    const now = this.#clock.now()
    for (const [id, { until }] of this.#ceremonies)
      if (until < now || this.#ceremonies.size >= MOST_CEREMONIES) this.#ceremonies.delete(id)
    const id = newSecret()
    this.#ceremonies.set(id, { ...ceremony, until: now + CEREMONY_MS })
    return id
  }
  /** Each answers once. */
  #taken(id: string): Ceremony {
    const ceremony = this.#ceremonies.get(id)
    this.#ceremonies.delete(id)
    if (!ceremony || ceremony.until < this.#clock.now()) throw refused()
    return ceremony
  }
}

/** A passkey belongs to a name: browsers make none for an address. @throws Problem `passkey-needs-name` */
function nameOf(origin: string): string {
  const { hostname, port } = new URL(origin)
  if (isIP(hostname.replace(/^\[|\]$/g, '')) === 0) return hostname
  throw new Problem({
    code: 'passkey-needs-name',
    message: 'A passkey belongs to a name, and this page was opened by an address.',
    remedy: `Open it as http://localhost:${port} on this machine, or by the name in PUBLIC_URL.`,
    status: 409,
  })
}

const refused = (cause?: unknown): Problem =>
  new Problem({
    code: 'passkey-refused',
    message: 'This passkey does not open anything here, or its answer was used already or came too late.',
    remedy: 'Try again, or sign in with your password.',
    status: 401,
    cause,
  })
