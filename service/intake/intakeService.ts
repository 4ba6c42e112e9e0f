import { z } from 'zod'
import {
  type Appliance,
  because,
  type Database,
  hash64,
  notFound,
  recordOf,
  type Series,
  type TicketId,
  ticketCan,
  ticketIdSchema,
  type UnitOfWork,
} from '../../core/index.ts'
import { jsonColumn, readable } from '../../database/index.ts'
import { refuseErased } from '../access/refuseErased.ts'
import { recallOf } from '../closure/recall.ts'
import { guidesFailed } from '../remote/guides.ts'
import type { CarryOut } from '../tickets/carryOut.ts'
import type { Contact } from '../tickets/contact.ts'
import { openFromReport } from '../tickets/decide/begin.ts'
import { ticketOfReport } from '../tickets/decide/joins.ts'
import { countOf } from '../tickets/store/ticketRepository.ts'
import type { Ticket } from '../tickets/ticket.ts'
import type { TicketCommand } from '../tickets/ticketCommand.ts'
import { newestOf } from '../tickets/ticketFromAlert.ts'
import type { TicketServiceOptions } from '../tickets/ticketServiceOptions.ts'
import type { TicketView } from '../tickets/ticketView.ts'
import { requireJob } from '../visit/checklist.ts'
import { type ClassifiedReport, classifyReport, type Report } from './classifyReport.ts'

/** Points of a metric; null where nothing was heard. */
const points = z.array(z.number().nullable())
const attached = jsonColumn<Series, 'ticketAttachment'>(
  'ticketAttachment',
  'body',
  z.looseObject({
    ts: z.array(z.number()),
    series: recordOf(z.string(), z.looseObject({ min: points, mean: points, max: points })),
  }),
)

export interface ReportDetails extends Omit<Report, 'text' | 'failureMode'> {
  channel?: Contact['channel'] | undefined
  job?: Ticket['job']
  /** The last day of telemetry, as it was when the report came. */
  telemetry?: Series | undefined
}

export interface Intake {
  /** What a person says of an appliance: a ticket, or a contact of the one that is open. */
  report(
    appliance: Appliance,
    by: string,
    text: string,
    failureMode?: string,
    details?: ReportDetails,
  ): Promise<TicketView>
  attachments(ticket: TicketId): Promise<{ at: number; kind: string; series: Series }[]>
  /** The path of the appliance's own page for its owner; made when it is first asked for. */
  ownerPathOf(appliance: string): string
  /** Whose link this secret is. @throws Problem `not-found` */
  applianceBySecret(secret: string): Promise<string>
  /** Which appliance a code belongs to: its serial (id), or its link. @throws Problem `not-found` */
  applianceOf(code: string): Promise<string>
}

/** It becomes part of the open ticket; when the visit is over, that visit did not solve it. */
async function joinOrReopen(
  carryOut: CarryOut,
  tx: UnitOfWork,
  open: Ticket,
  command: Extract<TicketCommand, { type: 'joinReport' }>,
  by: string,
): Promise<Ticket> {
  const joined = await carryOut(tx, open, command, { by })
  if (!ticketCan(joined.state, 'callBack')) return joined
  return carryOut(tx, joined, { type: 'reopen', why: command.contact.text || undefined }, { by })
}

export function intakeService(
  options: TicketServiceOptions,
  carryOut: CarryOut,
  viewOf: (ticket: Ticket) => Promise<TicketView>,
): Intake {
  const { database, catalog, policies, clock, links, render } = options

  /** A ticket of its own. */
  async function make(
    tx: UnitOfWork,
    { id: appliance }: Appliance,
    by: string,
    before: readonly Ticket[],
    { hypotheses, noticed, failureMode }: ClassifiedReport,
    { contact, job, series }: { contact: Contact; job: Ticket['job']; series: Series | undefined },
  ): Promise<Ticket> {
    // By its place among the appliance's tickets: the same world has the same names, and a clock may stand still.
    const id = ticketIdSchema.parse(`tk-${hash64(`${appliance}/reported/${await countOf(tx, appliance)}`)}`)
    for (const failed of guidesFailed(before, policies, clock.now(), hypotheses))
      await carryOut(tx, failed, { type: 'guideFailed' })
    const recall = recallOf(before, policies, clock.now(), hypotheses)
    const known = recall ? [{ failureMode: recall.failureMode, probability: 0.5 }, ...hypotheses] : hypotheses
    const { text: words } = contact
    return carryOut.open(
      tx,
      openFromReport,
      appliance,
      {
        made: {
          id,
          source: recall ? 'recall' : 'reported',
          failureMode: recall?.failureMode ?? failureMode,
          alerts: [],
          hypotheses: known.filter((one, i) => known.findIndex((other) => other.failureMode === one.failureMode) === i),
          evidence: [],
          noticed,
          diagnosis: render(because('reported-diagnosis', { noticed })),
          job,
        },
        why: recall
          ? because('fault-again', { days: recall.days, before: recall.number, words })
          : because('reported', { words }),
        contact,
        recall,
        series,
      },
      by,
    )
  }

  return {
    async report(appliance, by, text, failureMode, details = {}) {
      const { channel = 'web', symptom, telemetry: series, job } = details
      requireJob(job, appliance.kind, policies.live)
      const said = classifyReport(appliance.kind, { text, failureMode, symptom }, catalog, policies.live, render)
      const at = clock.now()
      const about = { ...(symptom ? { symptom } : {}), failureMode: said.failureMode }
      const contact: Contact = { at, channel, by, text, ...about }
      const ticket = await database.transaction(async (tx) => {
        const before = await newestOf(tx, appliance.id)
        const names = said.hypotheses.map((one) => one.failureMode)
        const open = ticketOfReport(before, names, job)
        if (!open) return make(tx, appliance, by, before, said, { contact, job, series })
        return joinOrReopen(carryOut, tx, open, { type: 'joinReport', contact, series }, by)
      })
      return viewOf(ticket)
    },
    attachments: (ticket) => attachmentsOf(database, ticket),
    ownerPathOf: (appliance) => links.path('o', options.appliance(appliance).id, appliance),
    async applianceBySecret(secret) {
      const id = links.idOf(secret)
      const row = await database.query.selectFrom('appliance').select('id').where('id', '=', id).executeTakeFirst()
      if (!row || !links.opens('o', id, id, secret)) {
        await refuseErased(database, links, 'o', id, id, secret)
        throw notFound('appliance', 'of this link')
      }
      return id
    },
    async applianceOf(code) {
      const scanned = code.trim().split('/').at(-1) ?? ''
      // A sticker says the id before its proof.
      const given = scanned.includes('.') ? links.idOf(scanned) : scanned
      const registered = await database.query
        .selectFrom('appliance')
        .select('id')
        .where('id', '=', given)
        .executeTakeFirst()
      if (!registered) throw notFound('appliance', given)
      return registered.id
    },
  }
}

async function attachmentsOf(database: Database, ticket: string): ReturnType<Intake['attachments']> {
  const rows = await database.query
    .selectFrom('ticketAttachment')
    .selectAll()
    .where('ticket', '=', ticket)
    .where('kind', '=', 'telemetry')
    .orderBy('at')
    .execute()
  return readable(rows, ({ at, kind, body }) => ({ at, kind, series: attached.read(body, `${ticket}/${kind}/${at}`) }))
}
