import { timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { betterAuth } from 'better-auth'
import { APIError, createAuthEndpoint } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { getMigrations } from 'better-auth/db/migration'
import { username } from 'better-auth/plugins'
import { z } from 'zod'
import { isLoopback, newSecret, Problem, type Settings } from '../../core/index.ts'
import { openPostgresPool, postgresProblem, writeWhole } from '../../database/index.ts'
import { passwordChecks } from './passwordChecks.ts'

export const roles = ['admin', 'desk', 'viewer'] as const
export type Role = (typeof roles)[number]

/** Who asks. */
export interface Account {
  id: string
  name: string
  role: Role
}

export interface Accounts {
  /** Who holds this session cookie. */
  whoIs(cookie: string | undefined): Promise<Account | null>
  /** @returns the response with its cookie; 401 when name or password is wrong */
  signIn(name: string, password: string): Promise<Response>
  signInByLink(key: string): Promise<Response>
  signOut(cookie: string): Promise<Response>
  setPassword(account: string, password: string): Promise<void>
  create(name: string, password: string, role: Role): Promise<Account>
  list(): Promise<Account[]>
  /** Path of the one-time sign-in link; null once the administrator has a password. */
  signInLink(): Promise<string | null>
  close(): Promise<void>
}

/** Reads a secret of ours from a file, or makes it (mode 600). One that a crash left empty is made anew. */
export async function secretFile(path: string): Promise<string> {
  const known = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  if (known.trim()) return known.trim()
  const secret = newSecret()
  await writeWhole(path, `${secret}\n`, 0o600)
  return secret
}

/**
 * Reached from outside, the administrator needs a password or a token.
 * @throws Problem `bad-setting`
 */
export async function checkReach(settings: Settings, accounts: Pick<Accounts, 'signInLink'>): Promise<void> {
  if (isLoopback(settings.HOST) || settings.ADMIN_TOKEN || (await accounts.signInLink()) === null) return
  throw new Problem({
    code: 'bad-setting',
    message: `HOST=${settings.HOST} can be reached from outside, and the administrator has no password.`,
    remedy: 'Set ADMIN_PASSWORD or ADMIN_TOKEN, or start on 127.0.0.1 first and set a password.',
    concerns: 'HOST',
  })
}

export const sameSecret = (a: string, b: string): boolean => {
  const [x, y] = [Buffer.from(a), Buffer.from(b)]
  return x.length === y.length && timingSafeEqual(x, y)
}

/**
 * Accounts of people, shared by both worlds: better-auth on SQLite in `DATA_DIR`, or on PostgreSQL. Passwords are
 * hashed by scrypt, which costs memory on purpose. The first start makes `admin`.
 */
export async function openAccounts(options: {
  dataDir: string
  publicUrl: string
  postgresUrl?: string
  adminPassword?: string
}): Promise<Accounts> {
  const secret = await secretFile(join(options.dataDir, 'session-secret'))
  const linkKey = await secretFile(join(options.dataDir, 'sign-in-key'))
  const sqlite = options.postgresUrl ? undefined : new DatabaseSync(join(options.dataDir, 'accounts.db'))
  sqlite?.exec('pragma journal_mode=wal; pragma synchronous=full')
  const pool = options.postgresUrl ? openPostgresPool({ connectionString: options.postgresUrl, max: 4 }) : undefined

  const auth = betterAuth({
    // better-auth takes a DatabaseSync as it is; its types name other drivers.
    database: (sqlite ?? pool) as never,
    secret,
    baseURL: options.publicUrl,
    telemetry: { enabled: false },
    logger: { disabled: true },
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 8, password: passwordChecks() },
    session: { expiresIn: 30 * 86_400 },
    user: { additionalFields: { role: { type: 'string', input: false, defaultValue: 'viewer' } } },
    plugins: [username(), linkPlugin(linkKey, () => adminHasPassword())],
  })
  try {
    const { runMigrations } = await getMigrations(auth.options)
    await runMigrations()
  } catch (error) {
    throw pool ? postgresProblem(error) : error
  }
  const context = await auth.$context
  const { internalAdapter: users, password: passwords } = context

  const email = (name: string): string => `${name.toLowerCase()}@accounts.invalid`
  const byName = async (name: string) => (await users.findUserByEmail(email(name)))?.user

  async function create(name: string, role: Role, password?: string): Promise<Account> {
    if (await byName(name)) {
      throw new Problem({
        code: 'account-exists',
        message: `There is already an account '${name}'.`,
        remedy: 'Choose another name, or set a new password for that account.',
        concerns: name,
        status: 409,
      })
    }
    const user = await users.createUser(
      { email: email(name), name, username: name.toLowerCase(), displayUsername: name, role, emailVerified: true },
      { method: 'admin' },
    )
    if (password) await setPassword(user.id, password)
    return { id: user.id, name, role }
  }
  async function setPassword(account: string, password: string): Promise<void> {
    const hash = await passwords.hash(password)
    if (await users.findCredentialAccount(account)) await users.updatePassword(account, hash)
    else await users.linkAccount({ userId: account, providerId: 'credential', accountId: account, password: hash })
  }
  async function adminHasPassword(): Promise<boolean> {
    const admin = await byName('admin')
    return !!admin && !!(await users.findCredentialAccount(admin.id))
  }

  const admin = (await byName('admin')) ?? (await create('admin', 'admin'))
  if (options.adminPassword) {
    const known = await users.findCredentialAccount(admin.id)
    const same = known?.password && (await passwords.verify({ hash: known.password, password: options.adminPassword }))
    if (!same) await setPassword(admin.id, options.adminPassword)
  }

  return {
    async whoIs(cookie) {
      if (!cookie) return null
      const found = await auth.api.getSession({ headers: new Headers({ cookie }) })
      if (!found) return null
      const { id, name, role } = found.user as { id: string; name: string; role?: string }
      return { id, name, role: roles.find((known) => known === role) ?? 'viewer' }
    },
    signIn: (name, password) => auth.api.signInUsername({ body: { username: name, password }, asResponse: true }),
    signInByLink: (key) =>
      (auth.api as unknown as LinkApi).signInByLink({ body: { key }, asResponse: true, headers: new Headers() }),
    signOut: (cookie) => auth.api.signOut({ headers: new Headers({ cookie }), asResponse: true }),
    setPassword,
    create: (name, password, role) => create(name, role, password),
    async list() {
      const all = await users.listUsers(1_000)
      return all.map((user) => ({
        id: user.id,
        name: user.name,
        role: roles.find((known) => known === (user as { role?: string }).role) ?? 'viewer',
      }))
    },
    signInLink: async () => ((await adminHasPassword()) ? null : `/sign-in#${linkKey}`),
    async close() {
      sqlite?.close()
      await pool?.end()
    },
  }
}

interface LinkApi {
  signInByLink(input: { body: { key: string }; asResponse: true; headers: Headers }): Promise<Response>
}

/** One more way in: the link printed at the start, good until the administrator has a password. */
const linkPlugin = (linkKey: string, hasPassword: () => Promise<boolean>) => ({
  id: 'sign-in-link' as const,
  endpoints: {
    signInByLink: createAuthEndpoint(
      '/sign-in/link',
      { method: 'POST', body: z.object({ key: z.string() }) },
      async (ctx) => {
        const admin = await ctx.context.internalAdapter.findUserByEmail('admin@accounts.invalid')
        if (!admin || !sameSecret(ctx.body.key, linkKey) || (await hasPassword())) {
          throw new APIError('UNAUTHORIZED', { message: 'This link no longer works.' })
        }
        const session = await ctx.context.internalAdapter.createSession(admin.user.id)
        await setSessionCookie(ctx, { session, user: admin.user })
        return ctx.json({ name: admin.user.name })
      },
    ),
  },
})
