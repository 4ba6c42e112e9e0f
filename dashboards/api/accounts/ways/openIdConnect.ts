import { createHash, randomBytes } from 'node:crypto'
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose'
import { z } from 'zod'
import { type Clock, HOUR, MINUTE, Problem } from '../../../../core/index.ts'
import { type Role, roles } from '../accountNames.ts'

/** The provider answers within this time, or is not waited for. */
const ANSWER_MS = 10_000
/** Whoever begins comes back within this time. */
const PENDING_MS = 10 * MINUTE
const MOST_PENDING = 10_000
const DISCOVERED_MS = HOUR
/** How far the provider's clock and ours may be apart. */
const TOLERANCE_SECONDS = 60
const OLDEST_TOKEN = '10 minutes'
/** Only what is signed with a key that we cannot have ourselves. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

export interface OidcSettings {
  issuer: string
  clientId: string
  clientSecret?: string | undefined
  /** The claim that says what somebody may: `roles`, or a path like `realm_access.roles`. */
  claim: string
  /** Values of the claim that are called otherwise here. */
  names: ReadonlyMap<string, string>
}
/** Whom the provider vouches for. */
export interface Vouched {
  subject: string
  name: string
  /** In the first organisation. */
  roles: Role[]
  /** In others, by their ids: of values such as `acme/dispatcher`. */
  elsewhere: ReadonlyMap<string, Role[]>
}

const discoverySchema = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
})
type Discovered = z.infer<typeof discoverySchema> & { keys: ReturnType<typeof createRemoteJWKSet> }

interface Pending {
  nonce: string
  verifier: string
  redirectUri: string
  to: string
  until: number
}

/** Sign-in by a company's own provider: authorization code with PKCE (RFC 7636), state and nonce; ID token by its published keys. */
export class OpenIdConnect {
  readonly #settings: OidcSettings
  readonly #clock: Clock
  readonly #pending = new Map<string, Pending>()
  #known: { at: number; what: Promise<Discovered> } | undefined
  constructor(settings: OidcSettings, clock: Clock) {
    this.#settings = settings
    this.#clock = clock
  }

  /** @returns where the browser goes, and what it carries meanwhile @throws Problem `provider-away` */
  async begin(redirectUri: string, to: string): Promise<{ url: string; state: string }> {
    const { authorization_endpoint } = await this.#discovered()
    const [state, nonce, verifier] = [random(), random(), random()]
    const now = this.#clock.now()
    for (const [known, { until }] of this.#pending)
      if (until < now || this.#pending.size >= MOST_PENDING) this.#pending.delete(known)
    this.#pending.set(state, { nonce, verifier, redirectUri, to, until: now + PENDING_MS })
    const url = new URL(authorization_endpoint)
    const asked = {
      client_id: this.#settings.clientId,
      response_type: 'code',
      scope: 'openid profile email',
      redirect_uri: redirectUri,
      state,
      nonce,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }
    for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value)
    return { url: url.href, state }
  }

  /**
   * @param carried what the browser was given at the beginning
   * @throws Problem `sign-in-replayed`, `provider-refused`, `foreign-issuer`, `wrong-audience`, `wrong-clock`, `token-expired`,
   * `unknown-key`, `no-role`, `provider-away`
   */
  async finish(
    query: {
      code?: string | undefined
      state?: string | undefined
      error?: string | undefined
      iss?: string | undefined
    },
    carried: string | undefined,
  ): Promise<Vouched & { to: string }> {
    const { code, state, error, iss } = query
    const pending = state === undefined || state !== carried ? undefined : this.#pending.get(state)
    if (state !== undefined) this.#pending.delete(state)
    if (!pending || pending.until < this.#clock.now()) throw replayed()
    const known = await this.#discovered()
    if (iss !== undefined && iss !== known.issuer) throw foreignIssuer()
    if (error !== undefined || code === undefined)
      throw refused('provider-refused', 'The provider did not let you in.', 'Try again; its administrator knows why.')
    const claims = await this.#verified(await this.#exchange(known, code, pending), known, pending)
    return { ...this.#vouched(claims), to: pending.to }
  }

  async #exchange(known: Discovered, code: string, pending: Pending): Promise<string> {
    const { clientId, clientSecret } = this.#settings
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: pending.redirectUri,
      code_verifier: pending.verifier,
      ...(clientSecret ? {} : { client_id: clientId }),
    })
    const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret ?? '')}`).toString(
      'base64',
    )
    const answer = await fetch(known.token_endpoint, {
      method: 'POST',
      body,
      headers: clientSecret ? { authorization: `Basic ${basic}` } : {},
      signal: AbortSignal.timeout(ANSWER_MS),
    }).catch(away)
    const told = (await answer.json().catch(() => ({}))) as { id_token?: unknown; error?: unknown }
    if (answer.ok && typeof told.id_token === 'string') return told.id_token
    if (told.error === 'invalid_grant') throw replayed()
    throw refused(
      'provider-refused',
      `The provider did not take our sign-in (${typeof told.error === 'string' ? told.error : answer.status}).`,
      'See that OIDC_CLIENT_ID and OIDC_CLIENT_SECRET are those that it knows, and this server’s address is among its redirect URIs.',
    )
  }

  async #verified(token: string, known: Discovered, { nonce }: Pending): Promise<JWTPayload> {
    const { payload } = await jwtVerify(token, known.keys, {
      issuer: known.issuer,
      audience: this.#settings.clientId,
      algorithms,
      clockTolerance: TOLERANCE_SECONDS,
      maxTokenAge: OLDEST_TOKEN,
      currentDate: new Date(this.#clock.now()),
      requiredClaims: ['sub', 'exp', 'iat'],
    }).catch((error: unknown) => {
      throw tokenProblem(error)
    })
    if (payload.nonce !== nonce) throw replayed()
    return payload
  }

  #vouched(claims: JWTPayload): Vouched {
    const { claim, names } = this.#settings
    const said = claim.split('.').reduce<unknown>((at, name) => own(at, name), claims)
    const values = (Array.isArray(said) ? said : [said]).filter((one) => typeof one === 'string')
    const called = new Set(values.map((value) => names.get(value) ?? value))
    const theirs = roles.filter((role) => called.has(role))
    const others = new Set([...called].flatMap((value) => /^([^/]+)\/[^/]+$/.exec(value)?.[1] ?? []))
    const elsewhere = new Map(
      [...others]
        .map((organisation) => [organisation, roles.filter((role) => called.has(`${organisation}/${role}`))] as const)
        .filter(([, given]) => given.length > 0),
    )
    if (theirs.length === 0 && elsewhere.size === 0) throw noRole(claim)
    const { sub = '', preferred_username, email } = claims
    const name = [preferred_username, email, sub].find((one) => typeof one === 'string' && one !== '') as string
    return { subject: sub, name, roles: theirs, elsewhere }
  }

  /** @throws Problem `provider-away` */
  #discovered(): Promise<Discovered> {
    const now = this.#clock.now()
    if (!this.#known || now - this.#known.at > DISCOVERED_MS) {
      const what = discover(this.#settings.issuer)
      this.#known = { at: now, what }
      what.catch(() => {
        this.#known = undefined
      })
    }
    return this.#known.what
  }
}

async function discover(issuer: string): Promise<Discovered> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) }).catch(away)
  const found = discoverySchema.safeParse(await answer.json().catch(() => undefined)).data
  if (!answer.ok || !found) throw away(new Error(`${url} answered ${answer.status}`))
  if (found.issuer !== issuer) throw foreignIssuer()
  return { ...found, keys: createRemoteJWKSet(new URL(found.jwks_uri), { timeoutDuration: ANSWER_MS }) }
}

/** What is wrong with a token, in a sentence. */
function tokenProblem(error: unknown): Problem {
  if (error instanceof errors.JWTExpired) {
    if (error.claim === 'exp')
      return refused(
        'token-expired',
        'What the provider signed has expired.',
        'Try again; if it stays, its clock or ours is wrong.',
      )
    return wrongClock()
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'iss') return foreignIssuer()
    if (error.claim === 'aud')
      return refused(
        'wrong-audience',
        'What the provider signed is meant for another program.',
        'See that OIDC_CLIENT_ID is the one that it has for this server.',
      )
    if (error.claim === 'iat' || error.claim === 'nbf') return wrongClock()
  }
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWSSignatureVerificationFailed)
    return refused(
      'unknown-key',
      'It is signed with a key that the provider does not publish (any more).',
      'Try again; if it stays, its administrator has to see to its keys.',
    )
  if (error instanceof errors.JWKSTimeout) return away(error)
  return refused(
    'provider-refused',
    'What the provider answered is no ID token that can be checked.',
    'Its administrator has to see to it.',
  )
}

export const noRole = (claim: string): Problem =>
  refused(
    'no-role',
    `The provider knows you, and gives you no role here (claim '${claim}').`,
    'Ask its administrator for one; OIDC_ROLES says how roles are called there.',
    403,
  )
const wrongClock = (): Problem =>
  refused(
    'wrong-clock',
    'What the provider signed is of another time: its clock and this server’s are apart.',
    'Let both set their clocks by the network.',
  )
const foreignIssuer = (): Problem =>
  refused(
    'foreign-issuer',
    'This is of another issuer than OIDC_ISSUER.',
    'Set OIDC_ISSUER to exactly what the provider calls itself.',
  )
const replayed = (): Problem =>
  refused(
    'sign-in-replayed',
    'This sign-in was used already, was begun elsewhere, or took too long.',
    'Begin again on the sign-in page.',
  )

function away(cause: unknown): never {
  throw new Problem({
    code: 'provider-away',
    message: 'The provider of sign-ins does not answer.',
    remedy: 'Try again, or sign in with a password; see that OIDC_ISSUER can be reached from this server.',
    status: 503,
    retryable: true,
    cause,
  })
}

const refused = (code: string, message: string, remedy: string, status = 401): Problem =>
  new Problem({ code, message, remedy, status })
const random = (): string => randomBytes(32).toString('base64url')
/** Names from outside are data. */
const own = (at: unknown, name: string): unknown =>
  typeof at === 'object' && at !== null && Object.hasOwn(at, name) ? (at as Record<string, unknown>)[name] : undefined
