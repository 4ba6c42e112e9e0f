import { DAY, type Millis, Problem, type UnitOfWork } from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { Reading } from '../tickets/store/ticketRepository.ts'

type PointsWhy = 'visit' | 'rating' | 'tip-liked' | 'redeemed' | 'expired'
export interface PointEntry {
  at: Millis
  points: number
  why: string
  ref: string
}

/** Earned once for each thing: again with the same `ref` nothing changes. @returns was it earned now? */
export async function earn(
  tx: UnitOfWork,
  at: Millis,
  { member, points, why, ref }: { member: string; points: number; why: PointsWhy; ref: string },
  expireDays: number,
): Promise<boolean> {
  if (points <= 0) return false
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('pointEntry')
    .values({ member, at, points, why, ref })
    .onConflict((conflict) => conflict.columns(['member', 'why', 'ref']).doNothing())
    .executeTakeFirstOrThrow()
  if (Number(numInsertedOrUpdatedRows ?? 0) === 0) return false
  await tx
    .insertInto('pointLot')
    .values({ member, points, left: points, at, expiresAt: at + expireDays * DAY })
    .execute()
  return true
}

/** What has lost its time goes, each lot with an entry of its own. */
export async function expire(tx: UnitOfWork, at: Millis, member: string): Promise<void> {
  const lots = await tx
    .selectFrom('pointLot')
    .select(['seq', 'left'])
    .where('member', '=', member)
    .where('expiresAt', '<=', at)
    .where('left', '>', 0)
    .execute()
  for (const { seq, left } of lots) {
    await tx.updateTable('pointLot').set({ left: 0 }).where('seq', '=', seq).execute()
    await tx
      .insertInto('pointEntry')
      .values({ member, at, points: -left, why: 'expired', ref: `lot ${seq}` })
      .execute()
  }
}

/**
 * Takes points away, the soonest to expire first. Two at once: transactions run one after the other, and the second finds
 * what the first has left. @throws Problem `not-enough-points`
 */
export async function redeem(
  tx: UnitOfWork,
  at: Millis,
  { member, reward, ref }: { member: string; reward: Policy['members']['rewards'][number]; ref: string },
): Promise<void> {
  await expire(tx, at, member)
  const lots = await tx
    .selectFrom('pointLot')
    .select(['seq', 'left'])
    .where('member', '=', member)
    .where('left', '>', 0)
    .orderBy('expiresAt')
    .orderBy('seq')
    .execute()
  const has = lots.reduce((sum, { left }) => sum + left, 0)
  if (has < reward.points)
    throw new Problem({
      code: 'not-enough-points',
      message: `${reward.id} takes ${reward.points} points; there are ${has}.`,
      remedy: 'Choose another one, or come back with more points.',
      concerns: reward.id,
      status: 409,
    })
  let due = reward.points
  for (const { seq, left } of lots) {
    const taken = Math.min(left, due)
    if (taken === 0) break
    await tx
      .updateTable('pointLot')
      .set({ left: left - taken })
      .where('seq', '=', seq)
      .execute()
    due -= taken
  }
  await tx
    .insertInto('pointEntry')
    .values({ member, at, points: -reward.points, why: 'redeemed', ref: `${reward.id} ${ref}` })
    .execute()
}

/** What a member has, by what is left of the lots; the sum of all entries is the same. */
export async function balanceOf(
  db: Reading,
  member: string,
): Promise<{ balance: number; earned: number; entries: PointEntry[] }> {
  const entries = await db
    .selectFrom('pointEntry')
    .select(['at', 'points', 'why', 'ref'])
    .where('member', '=', member)
    .orderBy('seq', 'desc')
    .execute()
  const lots = await db.selectFrom('pointLot').select('left').where('member', '=', member).execute()
  return {
    balance: lots.reduce((sum, { left }) => sum + left, 0),
    earned: entries.reduce((sum, { points }) => sum + Math.max(0, points), 0),
    entries: entries.map((entry) => ({ ...entry, at: Number(entry.at) })),
  }
}
