import { z } from 'zod'
import type { Catalog } from '../../catalog/index.ts'
import { type Appliance, Problem, personOf, type UnitOfWork } from '../../core/index.ts'
import { jsonColumn, readable } from '../../database/index.ts'
import type { Policy } from '../policy/policySchema.ts'
import { agrees } from '../privacy/consents.ts'
import type { Commands } from '../remote/openCommands.ts'
import type { Ticket } from '../tickets/ticket.ts'
import type { ChosenTest, Opening } from '../tickets/ticketCommand.ts'

const asked = jsonColumn('applianceCommand', 'params', z.looseObject({ test: z.string().optional() }))
/** So many of its newest refusals are looked at. */
const LOOKED_AT = 20
const SECONDS = 60
/** What a desk asks for is waited for so much longer than it takes. */
const LONGER_MINUTES = 60

/**
 * The test that an appliance is told to run before a visit for it is offered: one that it said it can, that tells the
 * leading cause from a sound appliance, and to which nobody needs to consent, or its owner has for all tests. None where
 * the visit cannot wait.
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
    const fits = tells && minutes < activeTests.waitMinutes
    if (!fits || !appliance.tests.includes(test) || unable.has(test)) continue
    if (consent === 'owner' && !(await ownerAgreed(tx, appliance))) continue
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

const ownerAgreed = async (tx: Pick<UnitOfWork, 'selectFrom'>, { id, owner }: Appliance): Promise<boolean> =>
  owner !== undefined && agrees(tx, personOf(id, owner), 'self-tests')

/** What it answered before that it cannot do. */
async function cannot(tx: Pick<UnitOfWork, 'selectFrom'>, appliance: string): Promise<ReadonlySet<string>> {
  const rows = await tx
    .selectFrom('applianceCommand')
    .select(['id', 'params'])
    .where('appliance', '=', appliance)
    .where('type', '=', 'test')
    .where('state', '=', 'refused')
    .where('detail', '=', 'cannot')
    .orderBy('createdAt', 'desc')
    .limit(LOOKED_AT)
    .execute()
  return new Set(readable(rows, ({ id, params }) => asked.read(params, id).test ?? ''))
}

/** One at a time. @throws Problem `test-running` */
export function noneRuns({ id, remote: { test } }: Pick<Ticket, 'id' | 'remote'>): void {
  if (!test || test.endedAt !== undefined) return
  throw new Problem({
    code: 'test-running',
    message: `The test '${test.test}' of ticket ${id} has not ended.`,
    remedy: 'Wait for its answer, or until it has expired.',
    concerns: id,
    status: 409,
  })
}

/** A test that a desk asks for. @throws Problem `no-such-test`, `needs-consent` */
export function testFor(
  { catalog, commands }: { catalog: Catalog; commands: Pick<Commands, 'prepare'> },
  appliance: Appliance,
  ticket: string,
  { by, test, ownerAgreed }: { by: string; test: string; ownerAgreed: boolean },
): ChosenTest {
  const kind = catalog.kinds.get(appliance.kind)
  const spec = kind && Object.hasOwn(kind.tests, test) ? kind.tests[test] : undefined
  if (!spec || !appliance.tests?.includes(test)) {
    throw new Problem({
      code: 'no-such-test',
      message: `${appliance.id} has no test '${test}'.`,
      remedy: `It can: ${appliance.tests?.join(', ') || 'none'}.`,
      concerns: 'test',
      status: 422,
    })
  }
  if (spec.consent === 'owner' && !ownerAgreed) {
    throw new Problem({
      code: 'needs-consent',
      message: 'Its owner must have agreed to this test.',
      remedy: 'Ask them, and say that they have (ownerAgreed).',
      concerns: 'ownerAgreed',
      status: 422,
    })
  }
  const expiresInSeconds = (spec.minutes + LONGER_MINUTES) * SECONDS
  const params = { test }
  return {
    test,
    text: spec.text,
    command: commands.prepare({ appliance: appliance.id, type: 'test', params, expiresInSeconds, by, ticket }),
  }
}
