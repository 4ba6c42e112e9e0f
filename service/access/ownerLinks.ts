import { createHmac, timingSafeEqual } from 'node:crypto'
import type { ApplianceId, Database, DatabaseMigration, UnitOfWork } from '../../core/index.ts'
import { forgetSecrets } from '../tickets/store/forgetSecrets.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** How often the links to an appliance's pages were renewed; those that never were have no row. */
    linkGeneration: { appliance: string; generation: number }
  }
}

/**
 * What a link opens: `t` a ticket's page, `o` the appliance's own, as on its sticker, `p` its owner's data and
 * rights (which they alone are sent), `r` what they share of it. */
export type LinkKind = 't' | 'o' | 'p' | 'r'

/**
 * Links to owners' pages, derived and stored nowhere: the id of what they open and an HMAC-SHA256 of it and of the
 * appliance's generation, under a key of its own. Renewing an appliance's links ends its sticker and all its tickets'.
 */
export interface OwnerLinks {
  /** `/t/ID.MAC`, below PUBLIC_URL. */
  path(kind: LinkKind, id: string, appliance: ApplianceId): string
  /** What a secret speaks of; whether it holds, `opens` says. */
  idOf(secret: string): string
  opens(kind: LinkKind, id: string, appliance: ApplianceId, secret: string): boolean
  /** Did it open it once, at this generation? */
  opened(kind: LinkKind, id: string, appliance: ApplianceId, secret: string, generation: number): boolean
  /** Ends the links that exist. @returns makes it known, once the transaction has committed */
  renew(tx: UnitOfWork, appliance: ApplianceId): Promise<() => void>
}

export const linkMigrations: DatabaseMigration[] = [
  {
    name: '0083-derived-links',
    async up(db) {
      await db.schema
        .createTable('linkGeneration')
        .addColumn('appliance', 'text', (c) => c.primaryKey())
        .addColumn('generation', 'integer', (c) => c.notNull())
        .execute()
      // Links were kept here: they end, and nothing of them stays.
      await db.schema.dropTable('applianceLink').execute()
      await forgetSecrets(db)
    },
  },
]

/** Between the organisation that a link is of and the rest of it; no id has one. */
export const OF_ORGANISATION = '~'

/**
 * @param key of a file of its own, mode 600
 * @param organisation that its links name; the first one's name none
 */
export async function openOwnerLinks(database: Database, key: string, organisation?: string): Promise<OwnerLinks> {
  const named = organisation === undefined ? '' : `${organisation}${OF_ORGANISATION}`
  const rows = await database.query.selectFrom('linkGeneration').selectAll().execute()
  const generations = new Map(rows.map(({ appliance, generation }) => [appliance, generation]))
  const macOf = (
    kind: LinkKind,
    id: string,
    appliance: ApplianceId,
    generation = generations.get(appliance) ?? 0,
  ): string =>
    createHmac('sha256', key)
      .update(JSON.stringify([kind, id, appliance, generation]))
      .digest('base64url')
  const isSecretOf = (id: string, mac: string, secret: string): boolean => {
    const [wanted, given] = [Buffer.from(`${named}${id}.${mac}`), Buffer.from(secret)]
    return wanted.length === given.length && timingSafeEqual(wanted, given)
  }
  const path = (kind: LinkKind, id: string, appliance: ApplianceId): string =>
    `/${kind}/${named}${id}.${macOf(kind, id, appliance)}`
  return {
    path,
    idOf: (secret) => secret.slice(secret.startsWith(named) ? named.length : 0, Math.max(0, secret.lastIndexOf('.'))),
    opens: (kind, id, appliance, secret) => isSecretOf(id, macOf(kind, id, appliance), secret),
    opened: (kind, id, appliance, secret, generation) => isSecretOf(id, macOf(kind, id, appliance, generation), secret),
    async renew(tx, appliance) {
      const row = await tx
        .selectFrom('linkGeneration')
        .select('generation')
        .where('appliance', '=', appliance)
        .executeTakeFirst()
      const generation = (row?.generation ?? 0) + 1
      await tx
        .insertInto('linkGeneration')
        .values({ appliance, generation })
        .onConflict((conflict) => conflict.column('appliance').doUpdateSet({ generation }))
        .execute()
      return () => void generations.set(appliance, generation)
    },
  }
}
