import {
  type Appliance,
  because,
  hash64,
  notFound,
  type Series,
  ticketIs,
  ticketStatesWhere,
  type UnitOfWork,
} from '../../core/index.ts'
import { enqueueControl } from '../../database/index.ts'
import { markRecall } from '../closure/recall.ts'
import type { Contact, StoredTicket } from '../tickets/storedTicket.ts'
import type { TicketServiceOptions } from '../tickets/ticketServiceOptions.ts'
import type { TicketSteps } from '../tickets/ticketSteps.ts'
import { insertEvent, insertTicket, toStored, updateTicket } from '../tickets/ticketTable.ts'
import type { TicketView } from '../tickets/ticketView.ts'
import { classifyReport, type Report } from './classifyReport.ts'
import { addContact } from './contacts.ts'

export interface ReportDetails extends Omit<Report, 'text' | 'failureMode'> {
  channel?: Contact['channel'] | undefined
  job?: StoredTicket['job'] | undefined
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
  attachments(ticket: string): Promise<{ at: number; kind: string; series: Series }[]>
  /** The path of the appliance's own page for its owner; made when it is first asked for. */
  ownerPathOf(appliance: string): string
  /** Whose link this secret is. @throws Problem `not-found` */
  applianceBySecret(secret: string): Promise<string>
  /** Which appliance a code belongs to: its serial (id), or its link. @throws Problem `not-found` */
  applianceOf(code: string): Promise<string>
}

/** Largest attachment, characters of JSON; a day at five minutes of 20 metrics is about 150 kB. */
const LARGEST_ATTACHMENT = 1_000_000

export function intakeService(
  options: TicketServiceOptions,
  steps: TicketSteps,
  read: (id: string) => Promise<TicketView>,
): Intake {
  const { database, catalog, policies, clock, links } = options
  const { announce, create, guideFailed, prepare, recallOf, toAccepted } = steps

  async function attach(tx: UnitOfWork, ticket: string, series: Series | undefined): Promise<void> {
    const body = series && JSON.stringify(series)
    if (!body || body.length > LARGEST_ATTACHMENT) return
    await tx.insertInto('ticketAttachment').values({ ticket, at: clock.now(), kind: 'telemetry', body }).execute()
  }

  return {
    async report(appliance, by, text, failureMode, details = {}) {
      const now = clock.now()
      const { channel = 'web', symptom, telemetry } = details
      const said = classifyReport(appliance.kind, { text, failureMode, symptom }, catalog, policies.live)
      const contact: Contact = {
        at: now,
        channel,
        by,
        text,
        ...(symptom ? { symptom } : {}),
        failureMode: said.failureMode,
      }
      let id = ''
      await database.transaction(async (tx) => {
        const open = await tx
          .selectFrom('ticket')
          .select('body')
          .where('appliance', '=', appliance.id)
          .where('state', 'in', ticketStatesWhere('living'))
          .orderBy('createdAt', 'desc')
          .executeTakeFirst()
        if (open) {
          const ticket = toStored(open)
          id = ticket.id
          const { state } = ticket
          await insertEvent(tx, id, {
            at: now,
            by,
            from: state,
            to: state,
            why: because('also-reported', { words: text }),
          })
          addContact(ticket, contact)
          await attach(tx, id, telemetry)
          if (ticketIs(state, 'undecided')) await toAccepted(tx, ticket, by, because('owner-reports-too'))
          await updateTicket(tx, ticket, now)
          return
        }
        const { count } = await tx
          .selectFrom('ticket')
          .select((eb) => eb.fn.countAll<number>().as('count'))
          .where('appliance', '=', appliance.id)
          .executeTakeFirstOrThrow()
        // By its place among the appliance's tickets: the same world has the same names, and a clock may stand still.
        id = `tk-${hash64(`${appliance.id}/reported/${count}`)}`
        await guideFailed(tx, appliance.id, said.hypotheses)
        const before = await recallOf(tx, appliance.id, said.hypotheses)
        const ticket = await create(
          tx,
          {
            id,
            appliance: appliance.id,
            source: before ? 'recall' : 'reported',
            failureMode: before?.failureMode ?? said.failureMode,
            alerts: [],
            hypotheses: before
              ? [{ failureMode: before.failureMode, probability: 0.5 }, ...said.hypotheses].filter(
                  (one, i, all) => all.findIndex(({ failureMode }) => failureMode === one.failureMode) === i,
                )
              : said.hypotheses,
            evidence: [],
            noticed: said.noticed,
            diagnosis: options.render(because('reported-diagnosis', { noticed: said.noticed })),
          },
          before
            ? because('fault-again', { days: before.days, before: before.number, words: text })
            : because('reported', { words: text }),
        )
        if (before) markRecall(ticket, before)
        ticket.priority = 2
        if (details.job) ticket.job = details.job
        addContact(ticket, contact)
        await prepare(tx, ticket, [])
        await insertTicket(tx, ticket)
        await attach(tx, id, telemetry)
        await enqueueControl(tx, { type: 'freeze', appliance: appliance.id, ticket: id })
        await announce(tx, ticket, 'accepted')
        await toAccepted(tx, ticket, by, because(before ? 'recall-free' : 'reported-by-owner'))
        await updateTicket(tx, ticket, now)
      })
      return read(id)
    },
    async attachments(ticket) {
      const rows = await database.query
        .selectFrom('ticketAttachment')
        .selectAll()
        .where('ticket', '=', ticket)
        .where('kind', '=', 'telemetry')
        .orderBy('at')
        .execute()
      return rows.map(({ at, kind, body }) => ({ at, kind, series: JSON.parse(body) as Series }))
    },
    ownerPathOf: (appliance) => links.path('o', options.appliance(appliance).id, appliance),
    async applianceBySecret(secret) {
      const id = links.idOf(secret)
      const row = await database.query.selectFrom('appliance').select('id').where('id', '=', id).executeTakeFirst()
      if (!row || !links.opens('o', id, id, secret)) throw notFound('appliance', 'of this link')
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
