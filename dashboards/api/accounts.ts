import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { username } from 'better-auth/plugins'
import { isLoopback, newSecret, notFound, Problem, type Settings, wallClock } from '../../core/index.ts'
import { openPostgresPool, postgresProblem, secretFile } from '../../database/index.ts'
import { passwordChecks } from './passwordChecks.ts'
import { sameSecret } from './sameSecret.ts'
import { signInLinkPlugin } from './signInLink.ts'

export const roles = ['admin', 'desk', 'viewer'] as const
export type Role = (typeof roles)[number]

/** Who asks. `session` is by which sign-in; a token has none. */
export interface Account {
  id: string
  name: string
  role: Role
  session?: string
}
export interface AccountView extends Omit<Account, 'session'> {
  disabled: boolean
}
/** A sign-in that still holds. */
export interface SessionView {
  id: string
  createdAt: number
  expiresAt: number
  address: string
  agent: string
}
/** Where a sign-in comes from, for its owner to recognise. */
export interface SignInFrom {
  address: string
  agent: string
}
export interface AccountChange {
  role?: Role | undefined
  disabled?: boolean | undefined
  password?: string | undefined
}

export interface Accounts {
  /** Who holds this session cookie; nobody once it has ended, or its account is disabled. */
  whoIs(cookie: string | undefined): Promise<Account | null>
  /** @returns the response with its cookie; 401 when name or password is wrong, or the account is disabled */
  signIn(name: string, password: string, from: SignInFrom): Promise<Response>
  signInByLink(key: string, from: SignInFrom): Promise<Response>
  signOut(cookie: string): Promise<Response>
  /**
   * One's own new password: the one before is asked for where there is one, and every other session ends.
   * @throws Problem `wrong-password`
   */
  changePassword(me: Account, current: string | undefined, next: string): Promise<void>
  sessions(account: string): Promise<SessionView[]>
  /** @throws Problem `not-found` */
  endSession(account: string, session: string): Promise<void>
  create(name: string, password: string, role: Role): Promise<AccountView>
  /** A new password, a disabled account and another role end its sessions. @throws Problem `not-found`, `last-admin` */
  change(account: string, change: AccountChange): Promise<AccountView>
  /** @throws Problem `not-found`, `last-admin` */
  remove(account: string): Promise<void>
  list(): Promise<AccountView[]>
  /** Sessions that are over now: what they have open has to close. */
  onEnded(listener: (ended: { account: string; but?: string; session?: string }) => void): void
  /** Path of the sign-in link of this start; null once it was used, or the administrator has a password. */
  signInLink(): Promise<string | null>
  close(): Promise<void>
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
  // Of this start alone: one that was printed yesterday, or used, opens nothing.
  let linkKey: string | undefined = newSecret()
  const sqlite = options.postgresUrl ? undefined : new DatabaseSync(join(options.dataDir, 'accounts.db'))
  sqlite?.exec('pragma journal_mode=wal; pragma synchronous=full')
  const pool = options.postgresUrl
    ? await openPostgresPool({ connectionString: options.postgresUrl, max: 4 })
    : undefined

  const auth = betterAuth({
    // better-auth takes a DatabaseSync as it is; its types name other drivers.
    database: (sqlite ?? pool) as never,
    secret,
    baseURL: options.publicUrl,
    telemetry: { enabled: false },
    logger: { disabled: true },
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 8, password: passwordChecks() },
    session: { expiresIn: 30 * 86_400 },
    advanced: { ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] } },
    user: {
      additionalFields: {
        role: { type: 'string', input: false, defaultValue: 'viewer' },
        disabled: { type: 'boolean', input: false, required: false },
      },
    },
    plugins: [
      username({ usernameValidator: (name) => accountName.test(name) }),
      signInLinkPlugin(async (key) => {
        const own = linkKey
        if (own === undefined || !sameSecret(key, own)) return false
        // Taken before anything is waited for: of two that come at once one gets in.
        linkKey = undefined
        try {
          return !(await adminHasPassword())
        } catch (error) {
          linkKey = own
          throw error
        }
      }),
    ],
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

  const ended: ((ended: { account: string; but?: string; session?: string }) => void)[] = []
  const tellEnded = (what: { account: string; but?: string; session?: string }): void => {
    for (const listener of ended) listener(what)
  }
  async function endSessions(account: string, but?: string): Promise<void> {
    const all = await users.listSessions(account)
    await users.deleteSessions(all.filter(({ id }) => id !== but).map(({ token }) => token))
    tellEnded({ account, ...(but === undefined ? {} : { but }) })
  }
  async function list(): Promise<AccountView[]> {
    return (await users.listUsers(MOST_ACCOUNTS)).map(viewOf)
  }
  async function known(account: string): Promise<AccountView> {
    const found = (await list()).find(({ id }) => id === account)
    if (!found) throw notFound('account', account)
    return found
  }
  /** Somebody must be left who may change accounts. */
  async function refuseLastAdmin(account: AccountView): Promise<void> {
    const others = (await list()).filter(({ id, role, disabled }) => id !== account.id && role === 'admin' && !disabled)
    if (account.role !== 'admin' || account.disabled || others.length > 0) return
    throw new Problem({
      code: 'last-admin',
      message: `${account.name} is the last administrator.`,
      remedy: 'Make somebody else an administrator first.',
      concerns: account.name,
      status: 409,
    })
  }

  /** One after the other: two administrators who end each other at once would both be the other's last. */
  let turn: Promise<unknown> = Promise.resolve()
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(work)
    turn = mine.catch(() => undefined)
    return mine
  }

  async function create(name: string, role: Role, password?: string): Promise<AccountView> {
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
    return { id: user.id, name, role, disabled: false }
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
      const { id, name, role, disabled } = viewOf(found.user)
      return disabled ? null : { id, name, role, session: found.session.id }
    },
    async signIn(name, password, from) {
      const body = { username: name, password }
      const response = await auth.api.signInUsername({ body, headers: headersOf(from), asResponse: true })
      const user = response.ok ? await byName(name) : undefined
      if (!user || !viewOf(user).disabled) return response
      // As if the password were wrong: who is disabled is nobody's business.
      await endSessions(user.id)
      return new Response(null, { status: 401 })
    },
    signInByLink: (key, from) =>
      (auth.api as unknown as LinkApi).signInByLink({ body: { key }, asResponse: true, headers: headersOf(from) }),
    async signOut(cookie) {
      const found = await auth.api.getSession({ headers: new Headers({ cookie }) })
      const response = await auth.api.signOut({ headers: new Headers({ cookie }), asResponse: true })
      if (found) tellEnded({ account: found.user.id, session: found.session.id })
      return response
    },
    async changePassword(me, current, next) {
      const hash = (await users.findCredentialAccount(me.id))?.password
      if (hash && !(current !== undefined && (await passwords.verify({ hash, password: current })))) {
        throw new Problem({
          code: 'wrong-password',
          message: 'The present password is missing or wrong.',
          remedy: 'Give it as `current`; who has forgotten it asks an administrator for a new one.',
          status: 403,
        })
      }
      await setPassword(me.id, next)
      await endSessions(me.id, me.session)
    },
    async sessions(account) {
      const now = wallClock.now()
      return (await users.listSessions(account, { onlyActiveSessions: true }))
        .map(({ id, createdAt, expiresAt, ipAddress, userAgent }) => ({
          id,
          createdAt: createdAt.getTime(),
          expiresAt: expiresAt.getTime(),
          address: ipAddress ?? '',
          agent: userAgent ?? '',
        }))
        .filter(({ expiresAt }) => expiresAt > now)
        .sort((a, b) => b.createdAt - a.createdAt)
    },
    async endSession(account, session) {
      const found = (await users.listSessions(account)).find(({ id }) => id === session)
      if (!found) throw notFound('session', session)
      await users.deleteSession(found.token)
      tellEnded({ account, session })
    },
    create: (name, password, role) => create(name, role, password),
    change: (account, { role, disabled, password }) =>
      inTurn(async () => {
        const before = await known(account)
        if ((role !== undefined && role !== 'admin') || disabled) await refuseLastAdmin(before)
        if (role !== undefined || disabled !== undefined) {
          await users.updateUser(account, {
            ...(role === undefined ? {} : { role }),
            ...(disabled === undefined ? {} : { disabled }),
          })
        }
        if (password !== undefined) await setPassword(account, password)
        await endSessions(account)
        return await known(account)
      }),
    remove: (account) =>
      inTurn(async () => {
        const before = await known(account)
        await refuseLastAdmin(before)
        await endSessions(account)
        await users.deleteAccounts(account)
        await users.deleteUser(account)
      }),
    list,
    onEnded: (listener) => void ended.push(listener),
    signInLink: async () => (linkKey === undefined || (await adminHasPassword()) ? null : `/sign-in#${linkKey}`),
    async close() {
      sqlite?.close()
      await pool?.end()
    },
  }
}

interface LinkApi {
  signInByLink(input: { body: { key: string }; asResponse: true; headers: Headers }): Promise<Response>
}

/** Accounts of an installation, at most. */
const MOST_ACCOUNTS = 10_000
/** Names are shown and typed: letters, digits, and what stands between them. */
export const accountName = /^[A-Za-z0-9_.-]{3,30}$/
/** Between us and the library: who signs in comes from here. Set by us alone, never taken from a request. */
const ADDRESS_HEADER = 'x-hearthwatch-address'
const headersOf = ({ address, agent }: SignInFrom): Headers =>
  new Headers({ [ADDRESS_HEADER]: address, 'user-agent': agent.replace(/[^\x20-\x7e]/g, '?').slice(0, 200) })

function viewOf(user: { id: string; name: string }): AccountView {
  const { role, disabled } = user as { role?: string; disabled?: boolean | number | null }
  return {
    id: user.id,
    name: user.name,
    role: roles.find((known) => known === role) ?? 'viewer',
    disabled: disabled === true || disabled === 1,
  }
}
