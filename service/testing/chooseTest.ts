import type { Catalog } from '../../catalog/index.ts'
import type { Appliance, UnitOfWork } from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { Commands } from '../remote/openCommands.ts'
import type { ChosenTest, Opening } from '../tickets/ticketCommand.ts'

/** So many of its newest refusals are looked at. */
const LOOKED_AT = 20
const SECONDS = 60

/**
 * The test that an appliance is told to run before a visit for it is offered: one that it said it can, that tells the
 * leading cause from a sound appliance, and to which nobody needs to consent. None where the visit cannot wait.
 */
export async function chooseTest(
  tx: Pick<UnitOfWork, 'selectFrom'>,
  { catalog, commands }: { catalog: Catalog; commands: Pick<Commands, 'prepare'> },
  appliance: Appliance,
  {
    made,
    alert,
    weighed,
  }: Pick<Opening, 'alert' | 'weighed'> & { made: { id: string; hypotheses: Opening['made']['hypotheses'] } },
  { activeTests }: Policy,
): Promise<ChosenTest | undefined> {
  if (!activeTests.isOn || !alert || weighed?.urgent || !appliance.tests?.length) return undefined
  const { tests = {} } = catalog.kinds.get(appliance.kind) ?? {}
  const leading = made.hypotheses[0]?.failureMode
  const unable = await cannot(tx, appliance.id)
  for (const [test, { text, minutes, consent, shows }] of Object.entries(tests)) {
    const tells = leading !== undefined && (leading === 'unknown' || Object.hasOwn(shows, leading))
    const fits = consent === 'none' && tells && minutes < activeTests.waitMinutes
    if (!fits || !appliance.tests.includes(test) || unable.has(test)) continue
    const expiresInSeconds = activeTests.waitMinutes * SECONDS
    const params = { test }
    return {
      test,
      text,
      command: commands.prepare({
        appliance: appliance.id,
        type: 'test',
        params,
        expiresInSeconds,
        by: 'hearthwatch',
        ticket: made.id,
      }),
    }
  }
  return undefined
}

/** What it answered before that it cannot do. */
async function cannot(tx: Pick<UnitOfWork, 'selectFrom'>, appliance: string): Promise<ReadonlySet<string>> {
  const rows = await tx
    .selectFrom('applianceCommand')
    .select('params')
    .where('appliance', '=', appliance)
    .where('type', '=', 'test')
    .where('state', '=', 'refused')
    .where('detail', '=', 'cannot')
    .orderBy('createdAt', 'desc')
    .limit(LOOKED_AT)
    .execute()
  return new Set(rows.map(({ params }) => String((JSON.parse(params) as { test?: string }).test)))
}
