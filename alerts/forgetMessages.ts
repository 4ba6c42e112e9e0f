import type { Database, Millis } from '../core/index.ts'

/**
 * Messages that left before a time, and notices from before another, with what became of them; at most so many of each.
 * Those that wait, and those that died and wait for a person, stay.
 * @returns whether nothing of that age is left
 */
export function forgetMessages(
  database: Database,
  { sentBefore, noticesBefore, most }: { sentBefore: Millis; noticesBefore: Millis; most: number },
): Promise<boolean> {
  return database.transaction(async (tx) => {
    const sent = await tx.selectFrom('outbox').select('seq').where('doneAt', '<', sentBefore).limit(most).execute()
    if (sent.length > 0)
      await tx
        .deleteFrom('outbox')
        .where(
          'seq',
          'in',
          sent.map(({ seq }) => seq),
        )
        .execute()
    const old = await tx.selectFrom('notice').select('key').where('at', '<', noticesBefore).limit(most).execute()
    const keys = old.map(({ key }) => key)
    if (keys.length > 0) {
      await tx.deleteFrom('deliveryReceipt').where('delivery', 'in', keys).execute()
      await tx.deleteFrom('delivery').where('key', 'in', keys).execute()
      await tx.deleteFrom('notice').where('key', 'in', keys).execute()
    }
    return sent.length < most && old.length < most
  })
}
