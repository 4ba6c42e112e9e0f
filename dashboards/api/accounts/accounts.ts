import { FIRST, newSecret, notFound, Problem, wallClock } from '../../../core/index.ts'
import { accountName, type Role } from './accountNames.ts'
import type { Account, AccountChange, Accounts, AccountView, Ended, SessionView, SignInFrom } from './accountsPort.ts'
import { type AccountsOptions, type AuthLibrary, openAuthLibrary } from './authLibrary.ts'
import { checkPassword } from './checkPassword.ts'
import { ELSEWHERE, headersOf, type LinkApi } from './libraryForms.ts'
import { followProvider } from './organisations/followProvider.ts'
import type { Installation } from './organisations/installation.ts'
import { Invitations } from './organisations/invitations.ts'
import { join } from './organisations/join.ts'
import { elsewhere, MemberAccounts } from './organisations/memberAccounts.ts'
import { OrganisationBook } from './organisations/organisationBook.ts'
import { whoHas } from './organisations/whoHas.ts'
import { PasswordLinks } from './passwordLinks.ts'
import { People } from './people.ts'
import { refuseLastAdmin, refuseUnbound } from './refuseUnbound.ts'
import { SignInKey } from './signInKey.ts'
import { ApiKeys } from './ways/apiKeys.ts'
import { noRole, OpenIdConnect, type Vouched } from './ways/openIdConnect.ts'
import { Passkeys } from './ways/passkeys.ts'
import { SecondFactors } from './ways/secondFactors.ts'

export { accountName, type Role, roles } from './accountNames.ts'
export type { Account, Accounts } from './accountsPort.ts'

/** Accounts of people, shared by both worlds. The first start makes `admin`. */
export async function openAccounts(options: AccountsOptions): Promise<Installation> {
  const link = new SignInKey()
  const grants = new Map<string, string>()
  const library = await openAuthLibrary(
    options,
    (key) => link.opens(key, () => accounts.adminHasPassword()),
    (grant) => {
      const account = grants.get(grant)
      grants.delete(grant)
      return account
    },
  )
  const oidc = options.oidc && new OpenIdConnect(options.oidc, wallClock)
  const accounts = new LibraryAccounts(library, link, grants, oidc)
  await accounts.makeAdmin(options.adminPassword)
  return accounts
}

class LibraryAccounts implements Installation {
  readonly #library: AuthLibrary
  readonly #link: SignInKey
  readonly #links: PasswordLinks
  readonly #grants: Map<string, string>
  readonly people: People
  readonly organisations: OrganisationBook
  readonly invitations: Invitations
  readonly keys: ApiKeys
  readonly secondFactors: SecondFactors
  readonly passkeys: Passkeys
  readonly oidc?: OpenIdConnect
  constructor(library: AuthLibrary, link: SignInKey, grants: Map<string, string>, oidc: OpenIdConnect | undefined) {
    if (oidc) this.oidc = oidc
    this.#library = library
    this.#link = link
    this.#grants = grants
    this.people = new People(library)
    this.organisations = new OrganisationBook(library.table, wallClock)
    this.invitations = new Invitations(library.users)
    this.keys = new ApiKeys(library.table, wallClock)
    this.secondFactors = new SecondFactors(library.table, wallClock, library.secret)
    this.passkeys = new Passkeys(library.table, wallClock)
    this.#links = new PasswordLinks(library.users)
  }
  get #auth() {
    return this.#library.auth
  }
  get #users() {
    return this.#library.users
  }
  of(organisation: string): Accounts {
    return organisation === FIRST ? this : new MemberAccounts(this, organisation, this.#library.table)
  }

  /** @param password what it is from now on, if it is another one */
  async makeAdmin(password: string | undefined): Promise<void> {
    const admin = (await this.people.byName('admin')) ?? (await this.people.create('admin', ['admin']))
    if (password && !(await this.people.hasPassword(admin.id, password)))
      await this.people.setPassword(admin.id, password)
  }
  async whoIs(cookie: string | undefined): Promise<Account | null> {
    const found = cookie ? await this.people.byCookie(cookie) : null
    if (!found || found.roles.length === 0) return null
    const { disabled: _disabled, lastSignInAt: _, ...account } = found
    return account
  }
  whoHas(key: string): Promise<Account | null> {
    return whoHas(this, key)
  }
  async signIn(name: string, password: string, from: SignInFrom, code?: string): Promise<Response> {
    const asked = await this.people.byName(name)
    if (asked && (await this.secondFactors.of(asked.id)).enabled) {
      // Whether a code is asked for is told to those alone who know the password.
      if (!(await this.people.hasPassword(asked.id, password))) return new Response(null, { status: 401 })
      await this.secondFactors.check(asked.id, code)
    }
    const body = { username: name, password }
    const response = await this.#auth.api.signInUsername({ body, headers: headersOf(from), asResponse: true })
    const user = response.ok ? await this.people.byName(name) : undefined
    if (user && !user.disabled) await this.people.update(user.id, { lastSignInAt: new Date(wallClock.now()) })
    if (!user?.disabled) return response
    // As if the password were wrong: who is disabled is nobody's business.
    await this.people.endSessions(user.id)
    return new Response(null, { status: 401 })
  }
  async signInVouched(who: Vouched, from: SignInFrom): Promise<{ name: string; response: Response }> {
    const there = new Set((await this.organisations.list()).map(({ id }) => id))
    const isLetIn = who.roles.length > 0 || [...who.elsewhere.keys()].some((id) => there.has(id))
    if (!isLetIn) throw noRole([...who.elsewhere.keys()].join(', '))
    const known = await this.#users.findAccountByKey({ providerId: OIDC, accountId: who.subject })
    const account = known ? known.userId : await this.#makeVouched(who)
    const before = await this.people.known(account)
    // Whose jobs are an engineer's own, an administrator says here.
    const roles = who.roles.filter((role) => role !== 'engineer' || before.engineer)
    if (before.roles.length > 0 && roles.length > 0 && roles.join() !== before.roles.join())
      await this.change(account, { roles })
    if (before.roles.length === 0 && roles.length > 0) await this.people.update(account, { role: roles.join(',') })
    await this.people.inTurn(() => followProvider(this, account, who.elsewhere))
    if (before.roles.length > 0 && who.roles.length === 0) await this.remove(account)
    return this.signInAs(account, from)
  }
  /** An account of theirs alone: one that has their name already is somebody else's. */
  async #makeVouched({ subject, name, roles }: Vouched): Promise<string> {
    const wanted =
      name
        .split('@')[0]
        ?.replace(/[^A-Za-z0-9_.-]/g, '')
        .slice(0, 24) ?? ''
    const base = accountName.test(wanted) ? wanted : `sso-${newSecret().slice(0, 6)}`
    let free = base
    for (let i = 2; await this.people.byName(free); i++) free = `${base}-${i}`
    const here = roles.includes('engineer') ? (['viewer'] as const) : roles
    const made = await this.people.create(free, here.length > 0 ? here : 'elsewhere')
    await this.#users.linkAccount({ userId: made.id, providerId: OIDC, accountId: subject })
    return made.id
  }
  async signInAs(account: string, from: SignInFrom): Promise<{ name: string; response: Response }> {
    const { disabled, name } = await this.people.known(account)
    if (disabled)
      throw new Problem({
        code: 'account-disabled',
        message: 'This account is disabled.',
        remedy: 'Ask an administrator.',
        status: 403,
      })
    const grant = newSecret()
    this.#grants.set(grant, account)
    const api = this.#auth.api as unknown as LinkApi
    const response = await api.signInAs({ body: { grant }, asResponse: true, headers: headersOf(from) })
    if (response.ok) await this.people.update(account, { lastSignInAt: new Date(wallClock.now()) })
    return { name, response }
  }
  signInByLink(key: string, from: SignInFrom): Promise<Response> {
    const api = this.#auth.api as unknown as LinkApi
    return api.signInByLink({ body: { key }, asResponse: true, headers: headersOf(from) })
  }
  async signOut(cookie: string): Promise<Response> {
    const found = await this.#auth.api.getSession({ headers: new Headers({ cookie }) })
    const response = await this.#auth.api.signOut({ headers: new Headers({ cookie }), asResponse: true })
    if (found) this.people.tellEnded({ account: found.user.id, session: found.session.id })
    return response
  }
  async changePassword(me: Account, current: string | undefined, next: string): Promise<void> {
    await this.requirePassword(me.id, current)
    await checkPassword(next, me.name)
    await this.people.setPassword(me.id, next)
    await this.people.endSessions(me.id, me.session)
  }
  async requirePassword(account: string, password: string | undefined): Promise<void> {
    if ((await this.people.hasPassword(account, password)) !== false) return
    throw new Problem({
      code: 'wrong-password',
      message: 'The present password is missing or wrong.',
      remedy: 'Give the present one; who has forgotten it asks an administrator for a new one.',
      status: 403,
    })
  }
  async requireOwn(account: string): Promise<void> {
    await this.#known(account)
    if ((await this.organisations.of(account)).length > 0) throw elsewhere()
  }
  async resetSecondFactor(account: string): Promise<void> {
    await this.requireOwn(account)
    await this.secondFactors.takeAway(account)
    await this.people.endSessions(account)
  }
  sessions(account: string): Promise<SessionView[]> {
    return this.people.sessions(account)
  }
  endSession(account: string, session: string): Promise<void> {
    return this.people.endSession(account, session)
  }
  async create(
    name: string,
    password: string | undefined,
    roles: readonly Role[],
    engineer?: string,
  ): Promise<AccountView> {
    if (password !== undefined) await checkPassword(password, name)
    return this.people.create(name, roles, { password, engineer, knows: (account) => this.#isKnown(account) })
  }
  async passwordLink(account: string, what: 'invite' | 'reset'): Promise<{ path: string; expiresAt: number }> {
    await this.requireOwn(account)
    return this.linkFor(account, what)
  }
  linkFor(account: string, what: 'invite' | 'reset'): Promise<{ path: string; expiresAt: number }> {
    return this.#links.make(account, what)
  }
  async setByLink(key: string, password: string): Promise<string | undefined> {
    // Refused before the link is used up: who chose a weak one chooses again.
    await checkPassword(password, '\0')
    const id = await this.#links.take(key)
    const account = id === undefined ? undefined : (await this.people.all()).find((one) => one.id === id)
    if (!account || account.disabled) return undefined
    // Made when one organisation alone answered for them.
    if (await this.#isOfSeveral(account)) return undefined
    await this.people.setPassword(account.id, password)
    await this.people.endSessions(account.id)
    return account.name
  }
  async invite(roles: readonly Role[], engineer?: string): Promise<{ path: string; expiresAt: number }> {
    refuseUnbound(roles, engineer)
    return this.invitations.make({ organisation: FIRST, roles: [...roles], ...(engineer ? { engineer } : {}) })
  }
  join(account: string, key: string): Promise<string | undefined> {
    return this.people.inTurn(() => join(this, account, key))
  }
  change(account: string, { roles, engineer, disabled, password }: AccountChange): Promise<AccountView> {
    return this.people.inTurn(async () => {
      const before = await this.#known(account)
      if (disabled !== undefined || password !== undefined) await this.requireOwn(account)
      if (password !== undefined) await checkPassword(password, before.name)
      if ((roles && !roles.includes('admin')) || disabled) await this.#refuseLastAdmin(before)
      const bound = engineer === undefined ? before.engineer : (engineer ?? undefined)
      refuseUnbound(roles ?? before.roles, bound)
      if (roles !== undefined || engineer !== undefined || disabled !== undefined) {
        await this.people.update(account, {
          ...(roles === undefined ? {} : { role: roles.join(',') }),
          ...(engineer === undefined ? {} : { engineer }),
          ...(disabled === undefined ? {} : { disabled }),
        })
      }
      if (password !== undefined) await this.people.setPassword(account, password)
      await this.people.endSessions(account)
      return await this.#known(account)
    })
  }
  remove(account: string): Promise<void> {
    return this.people.inTurn(async () => {
      await this.#refuseLastAdmin(await this.#known(account))
      await this.keys.forget(account)
      if ((await this.organisations.of(account)).length === 0) return this.erase(account)
      await this.people.update(account, { role: ELSEWHERE, engineer: null })
      return this.people.endSessions(account)
    })
  }
  async erase(account: string): Promise<void> {
    await this.secondFactors.takeAway(account)
    await this.passkeys.forget(account)
    await this.people.remove(account)
  }
  onEnded(listener: (ended: Ended) => void): void {
    this.people.onEnded(listener)
  }
  async signInLink(): Promise<string | null> {
    const key = this.#link.value
    return key === undefined || (await this.adminHasPassword()) ? null : `/sign-in#${key}`
  }
  close(): Promise<void> {
    return this.#library.close()
  }
  async adminHasPassword(): Promise<boolean> {
    const admin = await this.people.byName('admin')
    return !!admin && (await this.people.hasPassword(admin.id, undefined)) !== undefined
  }

  async list(): Promise<AccountView[]> {
    return (await this.people.all()).filter(({ roles }) => roles.length > 0)
  }
  async #isOfSeveral({ id, roles }: AccountView): Promise<boolean> {
    return (await this.organisations.of(id)).length + Math.min(1, roles.length) > 1
  }
  async #isKnown(account: string): Promise<boolean> {
    return (await this.list()).some(({ id }) => id === account)
  }
  async #known(account: string): Promise<AccountView> {
    const found = (await this.list()).find(({ id }) => id === account)
    if (!found) throw notFound('account', account)
    return found
  }
  async #refuseLastAdmin(account: AccountView): Promise<void> {
    refuseLastAdmin(account, await this.list())
  }
}

/** How the library calls the provider of a company. */
const OIDC = 'oidc'
