import type { IncomingMessage } from 'node:http'
import { FIRST } from '../../core/index.ts'
import { type Installation, KEY_PREFIX, ORGANISATION_COOKIE, sameSecret } from '../../dashboards/index.ts'
import { OF_ORGANISATION } from '../../service/index.ts'

/** How people come in, whichever organisation they are of. */
const signIn =
  /^(?:POST \/api\/session(?:\/link|\/passkey|\/passkey\/finish)?|GET \/api\/session\/oidc(?:\/callback)?)$/
/** A link to an owner's page, and what that page asks. */
const link = new RegExp(`^/(?:api/)?[hoprt]/([a-z0-9-]+)${OF_ORGANISATION}`)
/** Where whoever takes money tells what became of it. */
const payments = /^\/api\/payments\/([a-z0-9-]+)$/

/**
 * Which organisation answers a request. Nothing is allowed by it: each judges for itself whether who asks is somebody there.
 * @param receivedBy whose the address is at which carriers of messages report
 */
export async function whoseRequest(
  { method = 'GET', url = '/', headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  {
    accounts,
    adminToken,
    receivedBy,
  }: {
    accounts: Installation
    adminToken: string
    receivedBy: (path: string) => string | undefined
  },
): Promise<string> {
  const path = pathOf(url)
  const linked = link.exec(path)?.[1]
  if (linked !== undefined) return linked
  const payee = payments.exec(path)?.[1]
  if (payee !== undefined) return payee
  if (path.startsWith('/api/receipts/')) return receivedBy(path) ?? FIRST
  if (signIn.test(`${method} ${path}`)) return FIRST
  const { authorization, cookie } = headers
  if (authorization?.startsWith('Bearer ')) {
    const token = authorization.slice(7)
    if (sameSecret(token, adminToken)) return String(headers['x-organisation'] ?? FIRST)
    return (token.startsWith(KEY_PREFIX) ? await accounts.keys.organisationOf(token) : undefined) ?? FIRST
  }
  return cookie === undefined ? FIRST : organisationOfSession(accounts, cookie)
}

/** Where somebody went last, while they are of it; else where they are. */
async function organisationOfSession(accounts: Installation, cookie: string): Promise<string> {
  const person = await accounts.people.byCookie(cookie)
  if (!person) return FIRST
  const others = (await accounts.organisations.of(person.id)).map(({ organisation }) => organisation)
  const mine = person.roles.length > 0 ? [FIRST, ...others] : others
  const wanted = cookieOf(cookie, ORGANISATION_COOKIE)
  return mine.find((id) => id === wanted) ?? mine[0] ?? FIRST
}

/** Without its query, and with what is written as `%xx`. */
function pathOf(url: string): string {
  const [path = '/'] = url.split('?')
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
const cookieOf = (cookies: string, name: string): string | undefined =>
  cookies
    .split(';')
    .map((cookie) => cookie.trim().split('='))
    .find(([known]) => known === name)?.[1]
