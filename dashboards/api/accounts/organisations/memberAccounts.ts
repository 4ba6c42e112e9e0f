import { notFound, Problem, wallClock } from '../../../../core/index.ts'
import type { Role } from '../accountNames.ts'
import type { Account, AccountChange, Accounts, AccountView, Ended, SessionView, SignInFrom } from '../accountsPort.ts'
import type { AuthLibrary } from '../authLibrary.ts'
import { checkPassword } from '../checkPassword.ts'
import { refuseLastAdmin, refuseUnbound } from '../refuseUnbound.ts'
import { ApiKeys } from '../ways/apiKeys.ts'
import type { Vouched } from '../ways/openIdConnect.ts'
import type { Passkeys } from '../ways/passkeys.ts'
import type { SecondFactors } from '../ways/secondFactors.ts'
import type { Installation } from './installation.ts'
import type { Membership } from './organisationBook.ts'
import { whoHas } from './whoHas.ts'

/**
 * The accounts of an organisation other than the first: who has a membership in it, with the roles that it gives. Whoever is
 * of another one alone does not exist here; what somebody is elsewhere is not told.
 */
export class MemberAccounts implements Accounts {
  readonly #all: Installation
  readonly #organisation: string
  readonly keys: ApiKeys
  readonly secondFactors: SecondFactors
  readonly passkeys: Passkeys
  constructor(all: Installation, organisation: string, table: AuthLibrary['table']) {
    this.#all = all
    this.#organisation = organisation
    this.keys = new ApiKeys(table, wallClock, organisation)
    this.secondFactors = all.secondFactors
    this.passkeys = all.passkeys
  }

  async whoIs(cookie: string | undefined): Promise<Account | null> {
    const person = cookie ? await this.#all.people.byCookie(cookie) : null
    const membership = person && (await this.#membership(person.id))
    if (!person || !membership) return null
    return { id: person.id, name: person.name, session: person.session, ...work(membership) }
  }
  whoHas(key: string): Promise<Account | null> {
    return whoHas(this, key)
  }
  async list(): Promise<AccountView[]> {
    const members = new Map(
      (await this.#all.organisations.members(this.#organisation)).map((one) => [one.account, one]),
    )
    return (await this.#all.people.all()).flatMap(({ id, name, disabled, lastSignInAt }) => {
      const membership = members.get(id)
      if (!membership) return []
      return [{ id, name, disabled, ...(lastSignInAt ? { lastSignInAt } : {}), ...work(membership) }]
    })
  }
  async requireOwn(account: string): Promise<void> {
    await this.#known(account)
    const isOfFirst = (await this.#all.people.known(account)).roles.length > 0
    if (isOfFirst || (await this.#all.organisations.of(account)).length > 1) throw elsewhere()
  }

  async create(
    name: string,
    password: string | undefined,
    roles: readonly Role[],
    engineer?: string,
  ): Promise<AccountView> {
    if (password !== undefined) await checkPassword(password, name)
    refuseUnbound(roles, engineer)
    const knows = async (account: string): Promise<boolean> => (await this.#membership(account)) !== undefined
    const { id } = await this.#all.people.create(name, 'elsewhere', { password, knows })
    await this.#put(id, roles, engineer)
    return this.#known(id)
  }
  change(account: string, { roles, engineer, disabled, password }: AccountChange): Promise<AccountView> {
    const { people } = this.#all
    return people.inTurn(async () => {
      const before = await this.#known(account)
      if (disabled !== undefined || password !== undefined) await this.requireOwn(account)
      if (password !== undefined) await checkPassword(password, before.name)
      if ((roles && !roles.includes('admin')) || disabled) refuseLastAdmin(before, await this.list())
      const bound = engineer === undefined ? before.engineer : (engineer ?? undefined)
      refuseUnbound(roles ?? before.roles, bound)
      if (roles !== undefined || engineer !== undefined) await this.#put(account, roles ?? before.roles, bound)
      if (disabled !== undefined) await people.update(account, { disabled })
      if (password !== undefined) await people.setPassword(account, password)
      await people.endSessions(account)
      return this.#known(account)
    })
  }
  /** Who is of no other organisation is erased. */
  remove(account: string): Promise<void> {
    const { people, organisations } = this.#all
    return people.inTurn(async () => {
      refuseLastAdmin(await this.#known(account), await this.list())
      await this.keys.forget(account)
      await organisations.leave(account, this.#organisation)
      const left = await people.known(account)
      if (left.roles.length === 0 && (await organisations.of(account)).length === 0) return this.#all.erase(account)
      return people.endSessions(account)
    })
  }
  async passwordLink(account: string, what: 'invite' | 'reset'): Promise<{ path: string; expiresAt: number }> {
    await this.requireOwn(account)
    return this.#all.linkFor(account, what)
  }
  async invite(roles: readonly Role[], engineer?: string): Promise<{ path: string; expiresAt: number }> {
    refuseUnbound(roles, engineer)
    const organisation = this.#organisation
    return this.#all.invitations.make({ organisation, roles: [...roles], ...(engineer ? { engineer } : {}) })
  }
  async resetSecondFactor(account: string): Promise<void> {
    await this.requireOwn(account)
    await this.secondFactors.takeAway(account)
    await this.#all.people.endSessions(account)
  }

  // How somebody signs in is theirs, in whichever organisation they are.
  signIn(name: string, password: string, from: SignInFrom, code?: string): Promise<Response> {
    return this.#all.signIn(name, password, from, code)
  }
  signInAs(account: string, from: SignInFrom): Promise<{ name: string; response: Response }> {
    return this.#all.signInAs(account, from)
  }
  signInVouched(who: Vouched, from: SignInFrom): Promise<{ name: string; response: Response }> {
    return this.#all.signInVouched(who, from)
  }
  signInByLink(key: string, from: SignInFrom): Promise<Response> {
    return this.#all.signInByLink(key, from)
  }
  signOut(cookie: string): Promise<Response> {
    return this.#all.signOut(cookie)
  }
  changePassword(me: Account, current: string | undefined, next: string): Promise<void> {
    return this.#all.changePassword(me, current, next)
  }
  requirePassword(account: string, password: string | undefined): Promise<void> {
    return this.#all.requirePassword(account, password)
  }
  sessions(account: string): Promise<SessionView[]> {
    return this.#all.sessions(account)
  }
  endSession(account: string, session: string): Promise<void> {
    return this.#all.endSession(account, session)
  }
  setByLink(key: string, password: string): Promise<string | undefined> {
    return this.#all.setByLink(key, password)
  }
  onEnded(listener: (ended: Ended) => void): void {
    this.#all.onEnded(listener)
  }
  /** The link of a start is the first organisation's. */
  async signInLink(): Promise<null> {
    return null
  }
  /** They are closed with the first's. */
  async close(): Promise<void> {}

  async #membership(account: string): Promise<Membership | undefined> {
    return (await this.#all.organisations.of(account)).find(({ organisation }) => organisation === this.#organisation)
  }
  async #known(account: string): Promise<AccountView> {
    const found = (await this.list()).find(({ id }) => id === account)
    if (!found) throw notFound('account', account)
    return found
  }
  #put(account: string, roles: readonly Role[], engineer: string | undefined): Promise<void> {
    const organisation = this.#organisation
    return this.#all.organisations.put({ account, organisation, roles: [...roles], ...(engineer ? { engineer } : {}) })
  }
}

const work = ({ roles, engineer }: Membership) => ({ roles, ...(engineer ? { engineer } : {}) })

/** What opens doors in several organisations, an administrator of one does not change. */
export const elsewhere = (): Problem =>
  new Problem({
    code: 'account-elsewhere',
    message: 'This account opens doors in another organisation, too.',
    remedy: 'Change its roles here, or remove it here; how they sign in, they change themselves.',
    status: 409,
  })
