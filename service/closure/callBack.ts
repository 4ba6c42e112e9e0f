import { because, HOUR, type Millis, Problem, type UnitOfWork } from '../../core/index.ts'
import { readable } from '../../database/index.ts'
import { readDepot, readEngineer } from '../crew/people.ts'
import type { Policy } from '../policy/policySchema.ts'
import { openTask, openTasksOf } from '../tickets/taskTable.ts'
import type { Ticket } from '../tickets/ticket.ts'

/** The desk of everybody, where no outlet has one. */
const CENTRAL = 'central'

/** The outlet of an engineer: their own entry, else the outlet that they draw from. */
async function outletOf(tx: UnitOfWork, engineer: string | undefined): Promise<string | undefined> {
  if (!engineer) return undefined
  const row = await tx.selectFrom('engineer').select(['id', 'body']).where('id', '=', engineer).executeTakeFirst()
  if (!row) return undefined
  const { outlet, depot } = readEngineer(row)
  return outlet ?? depot
}

/** A desk of another outlet calls back (S53): the one with the fewest calls to make, by id where equal; else the central one. */
export async function openCallBack(tx: UnitOfWork, ticket: Ticket, now: Millis, rules: Policy): Promise<void> {
  const own = await outletOf(tx, ticket.plan.engineer)
  const places = await tx.selectFrom('depot').select(['id', 'body']).orderBy('id').execute()
  const outlets = readable(places, readDepot).filter(({ id, type }) => id !== own && type === 'outlet')
  const waiting = await tx
    .selectFrom('deskTask')
    .select((eb) => ['desk', eb.fn.countAll<number>().as('count')])
    .where('type', '=', 'call-back')
    .where('doneAt', 'is', null)
    .groupBy('desk')
    .execute()
  const load = new Map(waiting.map(({ desk, count }) => [desk, Number(count)]))
  const desk = outlets
    .map(({ id }) => id)
    .reduce<string | undefined>(
      (best, id) => (best === undefined || (load.get(id) ?? 0) < (load.get(best) ?? 0) ? id : best),
      undefined,
    )
  await openTask(tx, {
    id: `call-back/${ticket.id}/${ticket.closure.reopened ?? 0}`,
    type: 'call-back',
    desk: desk ?? CENTRAL,
    ticket: ticket.id,
    ...(ticket.plan.engineer ? { engineer: ticket.plan.engineer } : {}),
    openedAt: now,
    dueAt: now + rules.callBackHours * HOUR,
    what: because('task-call-back', { number: ticket.number }),
  })
}

/** Nobody calls back the visits of their own outlet. @throws Problem `not-independent`, `unknown-desk` */
export async function refuseOwnOutlet(tx: UnitOfWork, ticket: Ticket, desk: string): Promise<void> {
  if (desk === CENTRAL) return
  if (desk !== (await outletOf(tx, ticket.plan.engineer))) {
    const known = await tx.selectFrom('depot').select('id').where('id', '=', desk).executeTakeFirst()
    if (known) return
    throw new Problem({
      code: 'unknown-desk',
      message: `There is no desk '${desk}'.`,
      remedy: `Name an outlet of GET /api/depots, or ${CENTRAL}.`,
      concerns: 'desk',
      status: 422,
    })
  }
  const [task] = await openTasksOf(tx, ticket.id, 'call-back')
  throw new Problem({
    code: 'not-independent',
    message: `${desk} made the visit itself and may not call it back.`,
    remedy: `It is for the desk ${task?.desk ?? CENTRAL}.`,
    concerns: ticket.id,
    status: 409,
  })
}
