import type { Database } from '../../core/index.ts'

/** A browser asks to be told; once more of the same endpoint takes the place of what it said before. */
export async function subscribe(database: Database, recipient: string, body: { endpoint: string }): Promise<void> {
  const row = { recipient, body: JSON.stringify(body) }
  await database.transaction((tx) =>
    tx
      .insertInto('pushSubscription')
      .values({ endpoint: body.endpoint, ...row })
      .onConflict((conflict) => conflict.column('endpoint').doUpdateSet(row))
      .execute(),
  )
}

/** @returns how many there were of that endpoint */
export async function unsubscribe(database: Database, endpoint: string): Promise<number> {
  const { numDeletedRows } = await database.transaction((tx) =>
    tx.deleteFrom('pushSubscription').where('endpoint', '=', endpoint).executeTakeFirstOrThrow(),
  )
  return Number(numDeletedRows)
}
