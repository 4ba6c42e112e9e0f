import { z } from 'zod'
import type { DatabaseMigration } from '../../../core/index.ts'

const AT_ONCE = 500
const linked = z.looseObject({ secret: z.string().optional() })

/** The link to its owner's page was kept with each ticket once: it is derived now, and nothing of the old one stays. */
export async function forgetSecrets(db: Parameters<DatabaseMigration['up']>[0]): Promise<void> {
  for (let after = ''; ; ) {
    const rows = await db
      .selectFrom('ticket')
      .select(['id', 'body'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(AT_ONCE)
      .execute()
    for (const { id, body: written } of rows) {
      const { secret: _, ...ticket } = linked.parse(JSON.parse(written))
      await db
        .updateTable('ticket')
        .set({ secret: id, body: JSON.stringify(ticket) })
        .where('id', '=', id)
        .execute()
    }
    const last = rows.at(-1)
    if (!last) return
    after = last.id
  }
}
