import { type ApplianceId, type Database, Problem } from '../../core/index.ts'
import type { LinkKind, OwnerLinks } from './ownerLinks.ts'

/**
 * Whoever was erased and comes back by their old link is told so.
 * @throws Problem `erased` where the link ended with an erasure; a link that never was one is told nothing here
 */
export async function refuseErased(
  database: Database,
  links: Pick<OwnerLinks, 'opened'>,
  kind: LinkKind,
  id: string,
  appliance: ApplianceId,
  secret: string,
): Promise<void> {
  const ended = await database.query.selectFrom('erasedLink').selectAll().where('appliance', '=', appliance).execute()
  const one = ended.find(({ generation }) => links.opened(kind, id, appliance, secret, generation))
  if (!one) return
  throw new Problem({
    code: 'erased',
    message: `What was known of you here was erased on ${new Date(one.at).toISOString().slice(0, 10)}, and this link with it.`,
    remedy: 'To report something, ask the service desk to register the appliance to you again.',
    status: 410,
  })
}
