import type { Generated } from 'kysely'
import {
  type Clock,
  type Database,
  type DatabaseMigration,
  type Millis,
  Problem,
  personal,
  type TicketId,
} from '../../core/index.ts'
import type { Policies } from '../policy/openPolicies.ts'
import type { Policy, projectSteps } from '../policy/policySchema.ts'
import { personOfTicket } from '../tickets/store/personOfTicket.ts'
import { loadTicket, type Reading } from '../tickets/store/ticketRepository.ts'
import type { Ticket } from '../tickets/ticket.ts'

export type ProjectStep = (typeof projectSteps)[number]

declare module '../../core/database.ts' {
  interface Tables {
    /** What was looked at of a project before it went on; entries alone, the newest of each step counts. */
    projectRecord: {
      seq: Generated<number>
      ticket: string
      step: string
      at: Millis
      by: string
      ok: number
      note: string
    }
  }
}

export const projectMigrations: DatabaseMigration[] = [
  {
    name: '0243-project-records',
    async up(db, dialect) {
      await db.schema
        .createTable('projectRecord')
        .addColumn('seq', dialect === 'sqlite' ? 'integer' : 'bigserial', (c) => c.primaryKey())
        .addColumn('ticket', 'text', (c) => c.notNull())
        .addColumn('step', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('by', 'text', (c) => c.notNull())
        .addColumn('ok', 'integer', (c) => c.notNull())
        .addColumn('note', 'text', (c) => c.notNull())
        .execute()
      await db.schema.createIndex('projectRecordOf').on('projectRecord').columns(['ticket', 'seq']).execute()
    },
  },
]

/** How a project stands: what must be on record, and what was said of each step, the newest first. */
export interface ProjectView {
  steps: { step: ProjectStep; ok?: boolean; records: { at: Millis; by: string; ok: boolean; note: string }[] }[]
}

export interface ProjectService {
  /** No steps where the ticket's rules ask for none. */
  project(ticket: TicketId): Promise<ProjectView>
  /** Somebody looked at it. @throws Problem `no-such-step`, `own-work`, `too-early` */
  recordProject(
    ticket: TicketId,
    by: string,
    said: { step: ProjectStep; ok: boolean; note: string },
  ): Promise<ProjectView>
}

/** Plans are reviewed, hidden work is supervised, and the whole is accepted before a project's ticket goes on (S22). */
export function projectService(options: { database: Database; clock: Clock; policies: Policies }): ProjectService {
  const { database, clock, policies } = options
  const view = async (db: Reading, id: string): Promise<ProjectView> => {
    const ticket = await loadTicket(db, id)
    const records = await recordsOf(db, id)
    return {
      steps: policies.rulesOf(ticket).projectSteps.map((step) => {
        const own = records.filter((record) => record.step === step).map(({ step: _, ...record }) => record)
        const [newest] = own
        return { step, ...(newest ? { ok: newest.ok } : {}), records: own }
      }),
    }
  }
  return {
    project: (id) => view(database.query, id),
    recordProject: (id, by, { step, ok, note }) =>
      database.transaction(async (tx) => {
        const ticket = await loadTicket(tx, id)
        const wrong = refusal(ticket, step, by, policies.rulesOf(ticket))
        if (wrong) throw wrong
        const text = personal(await personOfTicket(tx, id), note)
        await tx
          .insertInto('projectRecord')
          .values({ ticket: id, step, at: clock.now(), by, ok: ok ? 1 : 0, note: text })
          .execute()
        return view(tx, id)
      }),
  }
}

async function recordsOf(db: Reading, ticket: string) {
  const rows = await db
    .selectFrom('projectRecord')
    .select(['step', 'at', 'by', 'ok', 'note'])
    .where('ticket', '=', ticket)
    .orderBy('seq', 'desc')
    .execute()
  return rows.map((row) => ({ ...row, at: Number(row.at), ok: Number(row.ok) === 1 }))
}

/** Hidden work is seen while it is open, and the whole when it is done; nobody looks at their own. Pure. */
function refusal(ticket: Ticket, step: ProjectStep, by: string, rules: Policy): Problem | undefined {
  const no = (code: string, message: string, remedy: string) =>
    new Problem({ code, message, remedy, concerns: ticket.id, status: 409 })
  if (!rules.projectSteps.includes(step))
    return no('no-such-step', `Ticket ${ticket.id} needs no ${step}.`, 'Only projects are reviewed and accepted.')
  if (by === ticket.plan.engineer)
    return no('own-work', `${by} does this work, and somebody else looks at it.`, 'Ask a supervisor, or its owner.')
  const isOn = {
    'plan-review': true,
    'hidden-work': ticket.state === 'visiting',
    acceptance: ticket.state === 'completed',
  }
  if (isOn[step]) return undefined
  const when = step === 'hidden-work' ? 'while the work is under way' : 'once the work is done'
  return no('too-early', `There is nothing to see yet: ${step} is ${when}.`, `It is recorded ${when}.`)
}

/** It goes on with a good record of this step alone. @throws Problem `needs-record` */
export async function requireRecord(db: Reading, ticket: Ticket, rules: Policy, step: ProjectStep): Promise<void> {
  if (!rules.projectSteps.includes(step)) return
  const newest = (await recordsOf(db, ticket.id)).find((record) => record.step === step)
  if (newest?.ok) return
  throw new Problem({
    code: 'needs-record',
    message: `Ticket ${ticket.id} is a project's: its ${step} is ${newest ? 'not passed' : 'not on record'}.`,
    remedy: 'Have it looked at by somebody who may, and recorded; then it goes on.',
    concerns: step,
    status: 409,
  })
}
