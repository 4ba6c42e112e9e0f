import {
  type Appliance,
  because,
  type Database,
  type Engineer,
  type EngineerId,
  engineerIdSchema,
  HOUR,
  type Millis,
  notFound,
  Problem,
  type UnitOfWork,
} from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'
import { openTask } from '../tickets/taskTable.ts'
import type { Ticket } from '../tickets/ticket.ts'
import { readEngineer } from './people.ts'
import type { StandingChange } from './ratingTable.ts'

async function write(
  tx: UnitOfWork,
  engineer: EngineerId,
  at: Millis,
  by: string,
  what: StandingChange,
  why: string,
): Promise<void> {
  await tx.insertInto('standing').values({ engineer, at, by, what, why }).execute()
}

async function bodyOf(tx: UnitOfWork, id: EngineerId): Promise<Engineer> {
  const row = await tx.selectFrom('engineer').select(['id', 'body']).where('id', '=', id).executeTakeFirst()
  if (!row) throw notFound('engineer', id)
  return readEngineer(row)
}
const saveBody = (tx: UnitOfWork, engineer: Engineer) =>
  tx
    .updateTable('engineer')
    .set({ body: JSON.stringify(engineer) })
    .where('id', '=', engineer.id)
    .execute()

/** No job from this moment on, until somebody lifts it. */
export async function isolate(tx: UnitOfWork, id: EngineerId, at: Millis, by: string, why: string): Promise<void> {
  await bodyOf(tx, id)
  await tx.updateTable('engineer').set({ isolated: why }).where('id', '=', id).execute()
  await write(tx, id, at, by, 'isolated', why)
}

export async function liftIsolation(
  tx: UnitOfWork,
  id: EngineerId,
  at: Millis,
  by: string,
  why: string,
): Promise<void> {
  await bodyOf(tx, id)
  await tx.updateTable('engineer').set({ isolated: null }).where('id', '=', id).execute()
  await write(tx, id, at, by, 'lifted', why)
}

/** Blocks fault classes for them until they have passed (S37). */
export async function startRetraining(
  tx: UnitOfWork,
  id: EngineerId,
  failureModes: string[],
  at: Millis,
  by: string,
  why: string,
): Promise<void> {
  const engineer = await bodyOf(tx, id)
  const running = engineer.retraining?.filter(({ passedAt }) => passedAt === undefined) ?? []
  const added = failureModes.filter((mode) => !running.some(({ failureMode }) => failureMode === mode))
  if (added.length === 0) return
  engineer.retraining = [
    ...(engineer.retraining ?? []).slice(-50),
    ...added.map((failureMode) => ({ failureMode, since: at })),
  ]
  await saveBody(tx, engineer)
  await write(tx, id, at, by, 'retraining', `${added.join(', ')}: ${why}`)
}

/** @throws Problem `no-retraining` */
export async function passRetraining(
  tx: UnitOfWork,
  id: EngineerId,
  failureMode: string,
  at: Millis,
  by: string,
  why: string,
): Promise<void> {
  const engineer = await bodyOf(tx, id)
  const running = engineer.retraining?.find((one) => one.failureMode === failureMode && one.passedAt === undefined)
  if (!running) {
    throw new Problem({
      code: 'no-retraining',
      message: `${id} is in no retraining for '${failureMode}'.`,
      remedy: 'GET /api/engineers shows what each is being trained in.',
      concerns: id,
      status: 409,
    })
  }
  running.passedAt = at
  await saveBody(tx, engineer)
  await write(tx, id, at, by, 'passed', `${failureMode}: ${why}`)
}

/**
 * A rating of a visit takes effect: it counts for the star level from tomorrow on; five stars bring a bonus; so few that
 * the policy isolates also bring retraining and a task of the supervisor. @returns whether the engineer was isolated
 */
export async function applyRating(
  tx: UnitOfWork,
  ticket: Ticket,
  engineer: EngineerId,
  stars: number,
  now: Millis,
  rules: Policy,
): Promise<boolean> {
  const known = await tx.selectFrom('engineer').select('id').where('id', '=', engineer).executeTakeFirst()
  if (!known) return false
  await tx
    .insertInto('rating')
    .values({ ticket: ticket.id, visit: ticket.closure.reopened ?? 0, engineer, stars, at: now })
    .onConflict((conflict) => conflict.columns(['ticket', 'visit']).doUpdateSet({ stars, at: now }))
    .execute()
  await write(tx, engineer, now, 'owner', 'rated', `${ticket.number}: ${stars} of 5`)
  if (stars === 5) await write(tx, engineer, now, 'hearthwatch', 'bonus', `${ticket.number}: ${rules.bonusCents} cents`)
  if (stars > rules.isolateAtStars) return false
  const why = `${stars} of 5 stars on ${ticket.number}`
  await isolate(tx, engineer, now, 'hearthwatch', why)
  const { found } = ticket.closure
  const mode = found && found.cause !== 'none' ? found.cause : ticket.finding.failureMode
  if (mode) await startRetraining(tx, engineer, [mode], now, 'hearthwatch', why)
  await openTask(tx, {
    id: `supervisor/${ticket.id}/${ticket.closure.reopened ?? 0}`,
    type: 'supervisor',
    desk: 'central',
    ticket: ticket.id,
    engineer,
    openedAt: now,
    dueAt: now + rules.supervisorHours * HOUR,
    what: because('task-supervisor', { number: ticket.number, stars, compensation: rules.compensation, engineer }),
  })
  return true
}

/** Where people live together: one lock, one engineer of their own. */
export const homeOf = ({ id, homeId }: Pick<Appliance, 'id' | 'homeId'>): string =>
  homeId ? `home/${homeId}` : `appliance/${id}`

/** The engineer who belongs to this home (S36). */
export async function boundEngineer(
  db: Pick<UnitOfWork, 'selectFrom'>,
  appliance: Pick<Appliance, 'id' | 'homeId'>,
): Promise<EngineerId | undefined> {
  const row = await db.selectFrom('binding').select('engineer').where('home', '=', homeOf(appliance)).executeTakeFirst()
  return row && engineerIdSchema.parse(row.engineer)
}

/** Null unbinds. */
export async function bindEngineer(
  tx: UnitOfWork,
  appliance: Pick<Appliance, 'id' | 'homeId'>,
  engineer: EngineerId | null,
  at: Millis,
  by: string,
): Promise<void> {
  const home = homeOf(appliance)
  await tx.deleteFrom('binding').where('home', '=', home).execute()
  if (engineer === null) return
  await bodyOf(tx, engineer)
  await tx.insertInto('binding').values({ home, engineer, at, by }).execute()
}

/** Everything that was done about one engineer, the newest first. */
export async function standingOf(database: Database, engineer: EngineerId) {
  const items = await database.query
    .selectFrom('standing')
    .select(['at', 'by', 'what', 'why'])
    .where('engineer', '=', engineer)
    .orderBy('seq', 'desc')
    .limit(500)
    .execute()
  return items
}
