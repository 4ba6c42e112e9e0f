// FIELD H: sign-in by a company's own provider: a real one in a process of its own, and one that signs what it should not.
import { type ChildProcess, spawn } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'

const CLIENT = { OIDC_CLIENT_ID: 'hearthwatch', OIDC_CLIENT_SECRET: 'a secret of the tests, long enough' }
/** Where people reach the program under test: known before it starts. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** A browser as far as redirects and cookies go. */
class Browser {
  readonly #jar = new Map<string, Map<string, string>>()
  async go(
    url: string,
    body?: Record<string, string>,
  ): Promise<{ url: string; status: number; text: string; location: string | null }> {
    const { host, href } = new URL(url)
    const jar = this.#jar.get(host) ?? new Map<string, string>()
    this.#jar.set(host, jar)
    const answer = await fetch(href, {
      method: body ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(body ? { body: new URLSearchParams(body) } : {}),
    })
    for (const cookie of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split(/=(.*)/s)
      if (value === '' || /max-age=0|expires=thu, 01 jan 1970/i.test(cookie)) jar.delete(name)
      else jar.set(name, value)
    }
    const location = answer.headers.get('location')
    return {
      url: href,
      status: answer.status,
      text: await answer.text(),
      location: location && new URL(location, href).href,
    }
  }
  /** Follows redirects until a page comes, or one that begins so. */
  async follow(url: string, until: string, body?: Record<string, string>) {
    let at = await this.go(url, body)
    for (let i = 0; i < 20 && at.location; i++) {
      if (at.location.startsWith(until)) return { ...at, url: at.location }
      at = await this.go(at.location)
    }
    return at
  }
  cookiesOf = (url: string): string =>
    [...(this.#jar.get(new URL(url).host) ?? [])].map(([n, v]) => `${n}=${v}`).join('; ')
}

describe('a provider of a company', () => {
  let dataDir: string
  let program: Program
  let provider: ChildProcess
  let url: string
  let issuer: string
  beforeAll(async () => {
    dataDir = await newDataDir()
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    provider = spawn(process.execPath, ['test/servers/oidcProvider.ts'], {
      env: {
        ...process.env,
        NODE_NO_WARNINGS: '1',
        REDIRECT_URI: `${url}/api/session/oidc/callback`,
        CLIENT_ID: CLIENT.OIDC_CLIENT_ID,
        CLIENT_SECRET: CLIENT.OIDC_CLIENT_SECRET,
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let said = ''
    provider.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    issuer = await eventually('the provider', async () => /issuer (\S+)/.exec(said)?.[1])
    program = await startProgram(dataDir, {
      ...CLIENT,
      PORT: String(port),
      OIDC_ISSUER: issuer,
      OIDC_ROLES: 'hearth-desk=dispatcher',
    })
  }, 120_000)
  afterAll(async () => {
    provider.kill()
    await program.stop()
    await removeDataDir(dataDir)
  })

  /** Signs in at the provider as somebody (`name:role,role`), and comes back. */
  async function signIn(login: string, browser = new Browser()): Promise<{ browser: Browser; back: string }> {
    const [name = '', roles = ''] = login.split(':')
    await fetch(`${issuer}/roles?name=${name}&roles=${roles}`)
    const form = await browser.follow(`${url}/api/session/oidc?to=/tickets`, `${url}/`)
    expect(form.text).toContain('name="login"')
    const action = /action="([^"]+)"/.exec(form.text)?.[1] ?? ''
    let at = await browser.follow(new URL(action, form.url).href, `${url}/`, {
      prompt: 'login',
      login: name,
      password: 'any',
    })
    if (!at.url.startsWith(url)) {
      const consent = /action="([^"]+)"/.exec(at.text)?.[1] ?? ''
      at = await browser.follow(new URL(consent, at.url).href, `${url}/`, { prompt: 'consent' })
    }
    return { browser, back: at.url }
  }
  const me = async (browser: Browser) =>
    (await (await fetch(`${url}/api/session`, { headers: { cookie: browser.cookiesOf(url) } })).json()) as {
      account: { id: string; name: string; roles: string[] } | null
      ways: { oidc: boolean }
    }

  test('H somebody whom it knows is let in with the roles that it gives, by name, and is the same person next time', async () => {
    const first = await signIn('ann:hearth-desk,care,unknown')
    const arrived = await first.browser.go(first.back)
    expect(arrived.location).toBe(`${url}/sign-in?in=1&to=%2Ftickets`)
    const { account, ways } = await me(first.browser)
    expect(ways.oidc).toBe(true)
    expect(account).toMatchObject({ name: 'ann', roles: ['dispatcher', 'care'] })
    const again = await signIn('ann:fleet')
    await again.browser.go(again.back)
    expect((await me(again.browser)).account).toMatchObject({ id: account?.id, roles: ['fleet'] })
    // Another role ends what was open under the old ones.
    expect((await me(first.browser)).account).toBeNull()
    const { items } = await program.call<{ items: { action: string; detail?: string }[] }>(
      'GET',
      '/api/audit?who=user:ann',
    )
    expect(items.filter(({ action }) => action === 'sign-in')).toMatchObject([{ detail: 'oidc' }, { detail: 'oidc' }])
  })

  test('H whom it gives no role here is refused, a local account is nobody’s for its name, and a disabled one stays out', async () => {
    const nobody = await signIn('eve:unknown')
    expect((await nobody.browser.go(nobody.back)).location).toBe(`${url}/sign-in?refused=no-role`)
    expect((await me(nobody.browser)).account).toBeNull()
    const admin = await signIn('admin:viewer')
    await admin.browser.go(admin.back)
    const { account } = await me(admin.browser)
    expect(account?.roles).toEqual(['viewer'])
    expect(account?.name).not.toBe('admin')
    await program.call('PATCH', `/api/accounts/${account?.id}`, { disabled: true })
    const out = await signIn('admin:viewer')
    expect((await out.browser.go(out.back)).location).toBe(`${url}/sign-in?refused=account-disabled`)
  })

  test('H it leads into the organisations that it names, and out of them again', async () => {
    for (const id of ['acme', 'other']) await program.call('POST', '/api/organisations', { id, name: `Of ${id}` })
    type Session = { organisation: string; organisations: { id: string }[]; account: { id: string; roles: string[] } }
    const arrive = async (login: string): Promise<{ session: Session; cookie: string; at: string }> => {
      const { browser, back } = await signIn(login)
      const { location } = await browser.go(back)
      return { session: (await me(browser)) as unknown as Session, cookie: browser.cookiesOf(url), at: location ?? '' }
    }
    const { session } = await arrive('zoe:acme/dispatcher,nowhere/admin')
    expect(session).toMatchObject({
      organisation: 'acme',
      organisations: [{ id: 'acme' }],
      account: { roles: ['dispatcher'] },
    })
    // An administrator of another one gave something, too; the provider says it in the first as well, and no more in acme.
    const asOther = { authorization: `Bearer ${program.token}`, 'x-organisation': 'other' }
    const invited = await fetch(`${url}/api/accounts/invitations`, {
      method: 'POST',
      headers: { ...asOther, 'content-type': 'application/json' },
      body: JSON.stringify({ roles: ['viewer'] }),
    })
    const key = ((await invited.json()) as { link: string }).link.split('#join.')[1]
    const before = await arrive('zoe:acme/care')
    expect(before.session.account).toMatchObject({ id: session.account.id, roles: ['care'] })
    const joined = await fetch(`${url}/api/session/join`, {
      method: 'POST',
      headers: { cookie: before.cookie, 'content-type': 'application/json', origin: url },
      body: JSON.stringify({ key }),
    })
    expect([joined.status, await joined.text()]).toEqual([200, '{"organisation":"other"}'])
    const moved = await arrive('zoe:fleet')
    expect(moved.session).toMatchObject({ organisation: 'main', organisations: [{ id: 'main' }, { id: 'other' }] })
    expect(
      (await fetch(`${url}/api/session`, { headers: { cookie: before.cookie } }).then((r) => r.json())).account,
    ).toBeNull()
    // Nothing in the first any more, and again something in acme.
    const out = await arrive('zoe:acme/care')
    expect(out.session.organisations).toMatchObject([{ id: 'acme' }, { id: 'other' }])
    expect((await arrive('zoe:nowhere/admin')).at).toContain('refused=no-role')
  })

  test('H the way back works once, and in the browser that began', async () => {
    const { browser, back } = await signIn('bob:care')
    // Somebody else's browser has the address, and not what was given to the one that began.
    expect((await new Browser().go(back)).location).toBe(`${url}/sign-in?refused=sign-in-replayed`)
    expect((await browser.go(back)).location).toBe(`${url}/sign-in?refused=sign-in-replayed`)
    const other = await signIn('bob:care')
    expect((await other.browser.go(other.back)).location).toContain('in=1')
    expect((await other.browser.go(other.back)).location).toBe(`${url}/sign-in?refused=sign-in-replayed`)
  })
})

describe('a provider that signs what it should not', () => {
  let dataDir: string
  let program: Program
  let server: Server
  let issuer: string
  let signed: (claims: Record<string, unknown>) => Promise<string>
  let strangers: typeof signed
  let token: (claims: { nonce: string }) => Promise<string> | string
  const keys: JWK[] = []
  beforeAll(async () => {
    const [own, foreign] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')])
    keys.push({ ...(await exportJWK(own.publicKey)), alg: 'RS256', use: 'sig', kid: 'own' })
    const by = (key: typeof own.privateKey, kid: string) => (claims: Record<string, unknown>) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(key)
    signed = by(own.privateKey, 'own')
    strangers = by(foreign.privateKey, 'gone')
    let nonce = ''
    server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', issuer)
      const send = (body: object) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
      if (pathname === '/.well-known/openid-configuration')
        return send({
          issuer,
          authorization_endpoint: `${issuer}/auth`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks`,
        })
      if (pathname === '/jwks') return send({ keys })
      if (pathname === '/auth') {
        nonce = searchParams.get('nonce') ?? ''
        const back = `${searchParams.get('redirect_uri')}?code=c&state=${searchParams.get('state')}`
        return response.writeHead(302, { location: back }).end()
      }
      void Promise.resolve(token({ nonce })).then((id_token) =>
        send({ id_token, access_token: 'a', token_type: 'Bearer' }),
      )
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    dataDir = await newDataDir()
    program = await startProgram(dataDir, { ...CLIENT, OIDC_ISSUER: issuer })
  }, 120_000)
  afterAll(async () => {
    server.close()
    await program.stop()
    await removeDataDir(dataDir)
  })
  const now = () => Math.floor(Date.now() / 1000)
  const good = (nonce: string) => ({
    iss: issuer,
    aud: CLIENT.OIDC_CLIENT_ID,
    sub: 's',
    preferred_username: 'ann',
    roles: ['care'],
    nonce,
    iat: now(),
    exp: now() + 300,
  })
  async function arrives(): Promise<string> {
    const browser = new Browser()
    const at = await browser.follow(`${program.url}/api/session/oidc`, `${program.url}/sign-in`)
    return new URL(at.url).search
  }

  test('H each is refused with its own code, and the log says it in a sentence', async () => {
    const wrong: [string, typeof token][] = [
      ['foreign-issuer', ({ nonce }) => signed({ ...good(nonce), iss: 'https://other.example' })],
      ['wrong-audience', ({ nonce }) => signed({ ...good(nonce), aud: 'another program' })],
      ['sign-in-replayed', () => signed(good('of another sign-in'))],
      ['token-expired', ({ nonce }) => signed({ ...good(nonce), iat: now() - 500, exp: now() - 200 })],
      ['wrong-clock', ({ nonce }) => signed({ ...good(nonce), iat: now() + 3_600, exp: now() + 7_200 })],
      ['wrong-clock', ({ nonce }) => signed({ ...good(nonce), iat: now() - 3_600, exp: now() + 3_600 })],
      ['unknown-key', ({ nonce }) => strangers(good(nonce))],
      ['no-role', ({ nonce }) => signed({ ...good(nonce), roles: undefined })],
      ['provider-refused', () => 'no token'],
      [
        'provider-refused',
        ({ nonce }) =>
          `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(good(nonce))).toString('base64url')}.`,
      ],
    ]
    for (const [code, made] of wrong) {
      token = made
      expect(await arrives()).toBe(`?refused=${code}`)
    }
    // Within a minute clocks may differ.
    token = ({ nonce }) => signed({ ...good(nonce), iat: now() + 30 })
    expect(await arrives()).toBe('?in=1&to=%2F')
    expect(program.output()).toContain('its clock and this server’s are apart')
  })
})
