import { type Clock, FIRST, notFound, Problem } from '../../../../core/index.ts'
import { type Role, roles } from '../accountNames.ts'
import type { AuthLibrary } from '../authLibrary.ts'

/** Each is a folder, a schema and a part of links. */
export const organisationId = /^[a-z][a-z0-9-]{0,30}[a-z0-9]$/
/** Each has threads and files of its own. */
const MOST_ORGANISATIONS = 32

export interface OrganisationView {
  id: string
  name: string
  createdAt?: number
  /** Nobody and nothing is let in any more; what it has stays. */
  closedAt?: number
}
/** What somebody is in an organisation other than the first. */
export interface Membership {
  account: string
  organisation: string
  roles: Role[]
  engineer?: string
  /** The provider of their company gave it, and takes it away. */
  vouched?: true
}

interface OrganisationRow {
  id: string
  slug: string
  name: string
  createdAt: Date
  closedAt?: Date | null
}
interface MembershipRow {
  id: string
  userId: string
  organisation: string
  roles: string
  engineer?: string | null
  vouched?: boolean | number | null
}

/** The organisations of an installation beside the first, and who is what in them. */
export class OrganisationBook {
  readonly #table: AuthLibrary['table']
  readonly #clock: Clock
  constructor(table: AuthLibrary['table'], clock: Clock) {
    this.#table = table
    this.#clock = clock
  }

  /** The first at the top, then by id. */
  async list(): Promise<OrganisationView[]> {
    const rows = await this.#table.find<OrganisationRow>('organisation', {})
    const first = rows.find(({ slug }) => slug === FIRST)
    const others = rows.filter(({ slug }) => slug !== FIRST).sort((a, b) => (a.slug < b.slug ? -1 : 1))
    return [{ id: FIRST, name: first?.name ?? 'Hearthwatch' }, ...others.map(viewOf)]
  }
  /** @throws Problem `id-taken`, `too-many-organisations` */
  async add(id: string, name: string): Promise<OrganisationView> {
    const there = await this.list()
    if (there.some((one) => one.id === id))
      throw new Problem({
        code: 'id-taken',
        message: `There is an organisation '${id}' already.`,
        remedy: 'Choose another id; that of a closed one is not free again.',
        concerns: id,
        status: 409,
      })
    if (there.length > MOST_ORGANISATIONS)
      throw new Problem({
        code: 'too-many-organisations',
        message: `There are ${MOST_ORGANISATIONS} organisations beside the first, as many as an installation may have.`,
        remedy: 'Run another installation beside this one.',
        status: 409,
      })
    return viewOf(await this.#make(id, name))
  }
  /** @throws Problem `not-found` */
  async change(
    id: string,
    { name, closed }: { name?: string | undefined; closed?: boolean | undefined },
  ): Promise<void> {
    const [row] = await this.#table.find<OrganisationRow>('organisation', { slug: id })
    if (!row && id !== FIRST) throw notFound('organisation', id)
    if (!row) return void (name !== undefined && (await this.#make(id, name)))
    await this.#table.update('organisation', row.id, {
      ...(name === undefined ? {} : { name }),
      ...(closed === undefined ? {} : { closedAt: closed ? new Date(this.#clock.now()) : null }),
    })
  }
  /** It was added, and could not be opened. */
  async takeBack(id: string): Promise<void> {
    await this.#table.remove('membership', { organisation: id })
    await this.#table.remove('organisation', { slug: id })
  }
  #make(slug: string, name: string): Promise<OrganisationRow> {
    return this.#table.create<OrganisationRow>('organisation', { slug, name, createdAt: new Date(this.#clock.now()) })
  }

  /** Of one account, by organisation. */
  async of(account: string): Promise<Membership[]> {
    const rows = await this.#table.find<MembershipRow>('membership', { userId: account })
    return rows.map(membershipOf).sort((a, b) => (a.organisation < b.organisation ? -1 : 1))
  }
  async members(organisation: string): Promise<Membership[]> {
    return (await this.#table.find<MembershipRow>('membership', { organisation })).map(membershipOf)
  }
  /** From now on this is what they are there. */
  async put({ account, organisation, roles, engineer, vouched }: Membership): Promise<void> {
    const work = { roles: roles.join(','), engineer: engineer ?? null, vouched: vouched === true }
    const [row] = await this.#table.find<MembershipRow>('membership', { userId: account, organisation })
    if (row) await this.#table.update('membership', row.id, work)
    else await this.#table.create<MembershipRow>('membership', { userId: account, organisation, ...work })
  }
  async leave(account: string, organisation: string): Promise<void> {
    await this.#table.remove('membership', { userId: account, organisation })
  }
}

const viewOf = ({ slug, name, createdAt, closedAt }: OrganisationRow): OrganisationView => ({
  id: slug,
  name,
  createdAt: new Date(createdAt).getTime(),
  ...(closedAt ? { closedAt: new Date(closedAt).getTime() } : {}),
})

function membershipOf({ userId, organisation, roles: kept, engineer, vouched }: MembershipRow): Membership {
  const names = kept.split(',')
  const known = roles.filter((role) => names.includes(role))
  return {
    account: userId,
    organisation,
    roles: known,
    ...(engineer ? { engineer } : {}),
    ...(vouched ? { vouched: true } : {}),
  }
}
