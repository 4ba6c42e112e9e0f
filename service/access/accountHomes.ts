import {
  type Appliance,
  type Clock,
  type Database,
  type DatabaseMigration,
  isInService,
  type Millis,
  type PersonRef,
  Problem,
  personOf,
  pseudonymOf,
  type UnitOfWork,
} from '../../core/index.ts'
import type { Registry } from '../registry/registryPort.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** Which owner's pages an account keeps: by an appliance, as long as it is that person's. `person` is no name, and says nothing of one. */
    accountHome: { account: string; appliance: string; person: string; keptAt: Millis }
  }
}

export const accountHomeMigrations: DatabaseMigration[] = [
  {
    name: '0351-account-home',
    async up(db) {
      await db.schema
        .createTable('accountHome')
        .addColumn('account', 'text', (c) => c.notNull())
        .addColumn('appliance', 'text', (c) => c.notNull())
        .addColumn('person', 'text', (c) => c.notNull())
        .addColumn('keptAt', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('accountHomeKey', ['account', 'appliance'])
        .execute()
      await db.schema.createIndex('accountHomePerson').on('accountHome').column('person').execute()
    },
  },
]

/** A household, a small landlord: far more is nobody's home. */
const MOST_KEPT = 200

/**
 * What owners keep in an account: their pages, each shown once by the link that they alone are sent. What is sold, or erased,
 * is the account's no more.
 */
export interface AccountHomes {
  /** @param appliances of one owner @throws Problem `too-many-homes` */
  keep(account: string, appliances: readonly Appliance[]): Promise<void>
  /** One appliance of each owner whose pages it keeps. */
  of(account: string): Promise<Appliance[]>
  /** Of the owner of this appliance. */
  letGo(account: string, appliance: Appliance): Promise<void>
}

export function openAccountHomes(database: Database, registry: Pick<Registry, 'all'>, wall: Clock): AccountHomes {
  return {
    async keep(account, appliances) {
      await database.transaction(async (tx) => {
        const kept = await tx.selectFrom('accountHome').select('appliance').where('account', '=', account).execute()
        const ids = new Set([...kept, ...appliances.map(({ id }) => ({ appliance: id }))].map((one) => one.appliance))
        if (ids.size > MOST_KEPT)
          throw new Problem({
            code: 'too-many-homes',
            message: `An account keeps the pages of ${MOST_KEPT} appliances.`,
            remedy: 'Let some of them go first.',
            status: 409,
          })
        for (const { id, owner } of appliances) {
          const row = { person: pseudonymOf(personOf(id, owner)), keptAt: wall.now() }
          await tx
            .insertInto('accountHome')
            .values({ account, appliance: id, ...row })
            .onConflict((conflict) => conflict.columns(['account', 'appliance']).doUpdateSet(row))
            .execute()
        }
      })
    },
    async of(account) {
      const rows = await database.query
        .selectFrom('accountHome')
        .select('appliance')
        .where('account', '=', account)
        .orderBy('appliance')
        .execute()
      const ids = new Set<string>(rows.map(({ appliance }) => appliance))
      const now = ids.size === 0 ? [] : registry.all().filter((one) => one.owner && isInService(one) && ids.has(one.id))
      const homes = Map.groupBy(now, (one) => personOf(one.id, one.owner))
      const theirs: Appliance[] = []
      for (const [person, appliances] of homes) {
        // Kept when it was this person's: what a former owner kept is another's now.
        const kept = await database.query
          .selectFrom('accountHome')
          .select('appliance')
          .where('account', '=', account)
          .where('person', '=', pseudonymOf(person))
          .where(
            'appliance',
            'in',
            appliances.map(({ id }) => id),
          )
          .limit(1)
          .executeTakeFirst()
        theirs.push(...appliances.filter(({ id }) => id === kept?.appliance))
      }
      return theirs
    },
    async letGo(account, { id, owner }) {
      await database.transaction((tx) =>
        tx
          .deleteFrom('accountHome')
          .where('account', '=', account)
          .where('person', '=', pseudonymOf(personOf(id, owner)))
          .execute(),
      )
    },
  }
}

/** @returns the accounts that kept this person's pages */
export async function forgetHomes(tx: UnitOfWork, person: PersonRef): Promise<string[]> {
  const rows = await tx.selectFrom('accountHome').select('account').where('person', '=', pseudonymOf(person)).execute()
  await tx.deleteFrom('accountHome').where('person', '=', pseudonymOf(person)).execute()
  return [...new Set(rows.map(({ account }) => account))]
}
