import {
  type ApplianceId,
  type Clock,
  type Database,
  type Millis,
  newSecret,
  notFound,
  Problem,
  type UnitOfWork,
} from '../../core/index.ts'
import type { OwnerLinks } from '../access/ownerLinks.ts'

/** What somebody else may see: what it measures and did; or its faults and repairs as well. */
export const shareScopes = ['signals', 'signals-and-repairs'] as const
export type ShareScope = (typeof shareScopes)[number]
export interface Share {
  id: string
  appliance: ApplianceId
  scope: ShareScope
  createdAt: Millis
  endsAt: Millis
  revokedAt?: Millis
}
export interface ShareView extends Share {
  /** Derived and kept nowhere; absent once it opens nothing. */
  path?: string
  /** When it was looked at, the newest first; 100 at most. */
  uses: { at: Millis; what: string; address: string }[]
}
export interface Shares {
  open(appliance: ApplianceId, scope: ShareScope, endsAt: Millis): Promise<ShareView>
  of(appliance: ApplianceId): Promise<ShareView[]>
  /** It opens nothing from the next call on. @throws Problem `not-found` */
  revoke(appliance: ApplianceId, id: string): Promise<void>
  /** Writes down that it was looked at. @throws Problem `not-found`, `share-ended` */
  look(secret: string, what: string, address: string): Promise<Share>
}

/** Shares of one appliance that are open at once. */
const MOST_OPEN = 10
const MOST_LISTED = 100

/** Its owner leaves: nobody else is asked whether it is shared on, and who looked is nothing to the next one. */
export async function forgetShares(tx: UnitOfWork, appliance: ApplianceId): Promise<void> {
  const theirs = tx.selectFrom('share').select('id').where('appliance', '=', appliance)
  await tx.deleteFrom('shareUse').where('share', 'in', theirs).execute()
  await tx.deleteFrom('share').where('appliance', '=', appliance).execute()
}

/** @param clock the wall clock: a share ends in people's time */
export function openShares(database: Database, links: OwnerLinks, clock: Clock): Shares {
  type Row = Omit<Share, 'revokedAt' | 'scope'> & { scope: string; revokedAt: Millis | null }
  const shareOf = ({ revokedAt, scope, ...row }: Row): Share => ({
    ...row,
    scope: shareScopes.find((known) => known === scope) ?? 'signals',
    ...(revokedAt === null ? {} : { revokedAt }),
  })
  const isOpen = (share: Share): boolean => share.revokedAt === undefined && share.endsAt > clock.now()
  const viewOf = async (share: Share): Promise<ShareView> => ({
    ...share,
    ...(isOpen(share) ? { path: links.path('r', share.id, share.appliance) } : {}),
    uses: await database.query
      .selectFrom('shareUse')
      .select(['at', 'what', 'address'])
      .where('share', '=', share.id)
      .orderBy('seq', 'desc')
      .limit(MOST_LISTED)
      .execute(),
  })
  return {
    async open(appliance, scope, endsAt) {
      const row = { id: newSecret().slice(0, 16), appliance, scope, createdAt: clock.now(), endsAt, revokedAt: null }
      await database.transaction(async (tx) => {
        const open = await tx
          .selectFrom('share')
          .select('id')
          .where('appliance', '=', appliance)
          .where('revokedAt', 'is', null)
          .where('endsAt', '>', clock.now())
          .execute()
        if (open.length >= MOST_OPEN)
          throw new Problem({
            code: 'too-many-shares',
            message: `${appliance} is shared ${open.length} times already.`,
            remedy: 'End one of them first.',
            concerns: appliance,
            status: 409,
          })
        await tx.insertInto('share').values(row).execute()
      })
      return viewOf(shareOf(row))
    },
    async of(appliance) {
      const rows = await database.query
        .selectFrom('share')
        .selectAll()
        .where('appliance', '=', appliance)
        .orderBy('createdAt', 'desc')
        .limit(MOST_LISTED)
        .execute()
      return Promise.all(rows.map((row) => viewOf(shareOf(row))))
    },
    async revoke(appliance, id) {
      const { numUpdatedRows } = await database.transaction((tx) =>
        tx
          .updateTable('share')
          .set({ revokedAt: clock.now() })
          .where('id', '=', id)
          .where('appliance', '=', appliance)
          .where('revokedAt', 'is', null)
          .executeTakeFirstOrThrow(),
      )
      if (Number(numUpdatedRows) === 0) throw notFound('share', id)
    },
    async look(secret, what, address) {
      const row = await database.query
        .selectFrom('share')
        .selectAll()
        .where('id', '=', links.idOf(secret))
        .executeTakeFirst()
      if (!row || !links.opens('r', row.id, row.appliance, secret)) throw notFound('share', 'of this link')
      const share = shareOf(row)
      if (!isOpen(share))
        throw new Problem({
          code: 'share-ended',
          message: 'Its owner does not share this any more.',
          remedy: 'Ask them for another link.',
          status: 410,
        })
      await database.transaction((tx) =>
        tx.insertInto('shareUse').values({ share: share.id, at: clock.now(), what, address }).execute(),
      )
      return share
    },
  }
}
