// A provider of sign-ins as companies have one (oidc-provider, certified), in a process of its own: whoever signs in by a name
// is known by it. Prints `issuer URL`.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import Provider from 'oidc-provider'

const { REDIRECT_URI = '', CLIENT_ID = '', CLIENT_SECRET = '' } = process.env
const server = createServer()
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const { privateKey } = await generateKeyPair('RS256', { extractable: true })
const provider = new Provider(issuer, {
  clients: [{ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, redirect_uris: [REDIRECT_URI] }],
  jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'k1' }] },
  cookies: { keys: ['of a test'] },
  claims: { openid: ['sub'], profile: ['preferred_username', 'roles'], email: ['email'] },
  conformIdTokenClaims: false,
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, preferred_username: id, roles: roles.get(id) ?? [] }),
  }),
})
/** Who has which roles, as its administrator sets them: `/roles?name=ann&roles=care,fleet`. */
const roles = new Map<string, string[]>()
const answer = provider.callback()
server.on('request', (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', issuer)
  if (pathname !== '/roles') return void answer(request, response)
  roles.set(searchParams.get('name') ?? '', (searchParams.get('roles') ?? '').split(',').filter(Boolean))
  response.end()
})
console.log(`issuer ${issuer}`)
