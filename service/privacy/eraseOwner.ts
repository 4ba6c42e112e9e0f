import { z } from 'zod'
import {
  type Clock,
  type Database,
  type Millis,
  newSecret,
  notFound,
  type PersonRef,
  personOf,
  pseudonymOf,
} from '../../core/index.ts'
import { jsonColumn, readable } from '../../database/index.ts'
import { forgetHomes } from '../access/accountHomes.ts'
import type { Registry } from '../registry/registryPort.ts'
import { leanTickets } from '../tickets/store/ticketRepository.ts'

/** What was erased and what stays, each with how many and, of what stays, why; no string of the person's. */
export interface ErasureReport {
  id: string
  at: Millis
  by: string
  appliances: string[]
  erased: { what: Erased; count: number }[]
  stays: { what: Stays; count: number; why: StaysBecause }[]
}
/** What is erased of an owner. */
export const erased = [
  'owner',
  'ticket-words',
  'photos',
  'mails',
  'key',
  'keys-in-backups',
  'links',
  'shares',
  'accounts',
] as const
type Erased = (typeof erased)[number]
export const stays = [
  'work-records',
  'consent-proofs',
  'audit',
  'readings',
  'older-backups',
  'mails-sent',
  'account-names',
] as const
type Stays = (typeof stays)[number]
export const staysBecause = [
  /** What was done, with which part and for how much; no name, contact or word of theirs. */
  'bookkeeping',
  /** That and when they agreed, under a number that nobody can turn back into them. */
  'proof',
  /** Addresses from which their link was used: who did what must be provable. */
  'security',
  /** Of the appliance, which another owner has or will have; not of a person any more. */
  'of-the-appliance',
  /** Made before texts were sealed, or of what is not sealed: delete these backups. */
  'not-sealed',
  /** They are in the mail boxes of those they were sent to. */
  'not-ours',
] as const
type StaysBecause = (typeof staysBecause)[number]
const reports = jsonColumn<ErasureReport, 'erasure'>(
  'erasure',
  'report',
  z.looseObject({
    id: z.string(),
    at: z.number(),
    by: z.string(),
    appliances: z.array(z.string()),
    erased: z.array(z.looseObject({ what: z.enum(erased), count: z.number() })),
    stays: z.array(z.looseObject({ what: z.enum(stays), count: z.number(), why: z.enum(staysBecause) })),
  }),
)

/** What lies outside the database. */
export interface OutsideErasure {
  /** Mails to this address, in the file of mails and in those of backups. @returns how many were taken out; and do mails leave to people's own boxes? */
  mails(contact: string): Promise<{ taken: number; leave: boolean }>
  /** Those of these accounts that are owners' alone. @returns how many were removed */
  accounts(ids: string[]): Promise<number>
  /** The person's key, here and in the backups below DATA_DIR. */
  keys(person: PersonRef): Promise<{ own: boolean; inBackups: number; unsealedBackups: number }>
}
export interface ErasureOptions {
  database: Database
  /** The wall clock. */
  clock: Clock
  registry: Pick<Registry, 'all' | 'get' | 'forgetOwner'>
  outside: OutsideErasure
}
export interface Erasures {
  /**
   * Erases an appliance's owner everywhere: from all of their appliances, tickets, notices, jobs, photos and mails, and
   * destroys the key under which everything else of theirs lies. @throws Problem `not-found` where it has no owner
   */
  erase(appliance: string, by: string): Promise<ErasureReport>
  list(): Promise<ErasureReport[]>
}

const MOST_LISTED = 1_000

export function openErasures({ database, clock, registry, outside }: ErasureOptions): Erasures {
  return {
    async erase(appliance, by) {
      const { owner } = registry.get(appliance)
      if (!owner) throw notFound('owner', `of ${appliance}`)
      const person = personOf(appliance, owner)
      const appliances = registry.all().filter((one) => one.owner && personOf(one.id, one.owner) === person)
      const ids = appliances.map(({ id }) => id)
      const at = clock.now()
      const before = await counted(database, ids, person)
      for (const id of ids) await registry.forgetOwner(id, person)
      const accounts = await database.transaction(async (tx) => {
        const ended = await tx.selectFrom('linkGeneration').selectAll().where('appliance', 'in', ids).execute()
        for (const { appliance: of, generation } of ended)
          await tx
            .insertInto('erasedLink')
            .values({ appliance: of, generation: generation - 1, at })
            .onConflict((conflict) => conflict.columns(['appliance', 'generation']).doNothing())
            .execute()
        const ofThem = before.tickets
        if (ofThem.length > 0)
          await tx
            .deleteFrom('ticketAttachment')
            .where('ticket', 'in', ofThem)
            .where('kind', 'like', 'photo-%')
            .execute()
        return forgetHomes(tx, person)
      })
      const accountsGone = await outside.accounts(accounts)
      const mails = await outside.mails(owner.contact)
      // Last: what was left anywhere under it can be read no more.
      const keys = await outside.keys(person)
      const report: ErasureReport = {
        id: newSecret().slice(0, 12),
        at,
        by,
        appliances: ids,
        erased: some([
          { what: 'owner', count: ids.length },
          { what: 'ticket-words', count: before.tickets.length },
          { what: 'photos', count: before.photos },
          { what: 'mails', count: mails.taken },
          { what: 'links', count: ids.length },
          { what: 'shares', count: before.shares },
          { what: 'accounts', count: accountsGone },
          { what: 'key', count: keys.own ? 1 : 0 },
          { what: 'keys-in-backups', count: keys.inBackups },
        ]),
        stays: some([
          { what: 'work-records', count: before.tickets.length, why: 'bookkeeping' },
          { what: 'consent-proofs', count: before.consents, why: 'proof' },
          { what: 'audit', count: before.audited, why: 'security' },
          { what: 'readings', count: ids.length, why: 'of-the-appliance' },
          { what: 'older-backups', count: keys.unsealedBackups, why: 'not-sealed' },
          { what: 'account-names', count: accountsGone, why: 'not-sealed' },
          { what: 'mails-sent', count: mails.leave ? 1 : 0, why: 'not-ours' },
        ]),
      }
      await database.transaction((tx) =>
        tx
          .insertInto('erasure')
          .values({ id: report.id, person: pseudonymOf(person), at, by, report: JSON.stringify(report) })
          .execute(),
      )
      return report
    },
    async list() {
      const rows = await database.query
        .selectFrom('erasure')
        .select(['id', 'report'])
        .orderBy('at', 'desc')
        .limit(MOST_LISTED)
        .execute()
      return readable(rows, ({ id, report }) => reports.read(report, id))
    },
  }
}

/** How much there is of somebody, before it goes. */
async function counted(database: Database, appliances: string[], person: PersonRef) {
  const db = database.query
  const tickets: string[] = []
  for (const appliance of appliances)
    for (const { id, owner } of await leanTickets(db, { appliance }))
      if (owner && personOf(appliance, owner) === person) tickets.push(id)
  const count = (query: { executeTakeFirstOrThrow(): Promise<{ count: string | number | bigint }> }): Promise<number> =>
    query.executeTakeFirstOrThrow().then(({ count }) => Number(count))
  const photos =
    tickets.length === 0
      ? 0
      : await count(
          db
            .selectFrom('ticketAttachment')
            .select((x) => x.fn.countAll().as('count'))
            .where('ticket', 'in', tickets)
            .where('kind', 'like', 'photo-%'),
        )
  const shares = await count(
    db
      .selectFrom('share')
      .select((x) => x.fn.countAll().as('count'))
      .where('appliance', 'in', appliances)
      .where('revokedAt', 'is', null),
  )
  const consents = await count(
    db
      .selectFrom('consent')
      .select((x) => x.fn.countAll().as('count'))
      .where('person', '=', pseudonymOf(person)),
  )
  const audited = await count(
    db
      .selectFrom('audit')
      .select((x) => x.fn.countAll().as('count'))
      .where('who', '=', 'owner')
      .where('subject', 'in', [...appliances, ...tickets]),
  )
  return { tickets, photos, shares, consents, audited }
}

const some = <T extends { count: number }>(lines: T[]): T[] => lines.filter(({ count }) => count > 0)
