import { because, type DatabaseMigration, type Reason } from '../../../core/index.ts'
import { withReasons } from './withReasons.ts'

/** Sentences that the product alone wrote, before reasons had codes; what people may have written is left as it is. */
const sentences: [RegExp, (...found: string[]) => Reason][] = [
  [
    /^alert (\S+): (\S+) again, (\d+) days after (\S+)$/,
    (alert, mode, days, before) => because('alert-again', { alert, mode, days: Number(days), before }),
  ],
  [/^alert (\S+): (\S+)$/, (alert, mode) => because('alert-opened', { alert, mode })],
  [/^alert (\S+) joined: (\S+)$/, (alert, mode) => because('alert-joined', { alert, mode })],
  [
    /^alert (\S+) while the repair is being verified: (\S+)$/,
    (alert, mode) => because('alert-while-verifying', { alert, mode }),
  ],
  [/^the owner is asked to agree$/, () => because('owner-asked')],
  [/^no owner is known: the desk decides$/, () => because('no-owner')],
  [/^another finding: (\S+)$/, (mode) => because('another-finding', { mode })],
  [/^it has grown: priority (\d) → (\d)$/, (from, to) => because('grown', { from: Number(from), to: Number(to) })],
  [/^as assigned by hand$/, () => because('by-hand')],
  [/^safety first$/, () => because('safety-first')],
  [/^(\S+) has not contacted the owner in time: escalated$/, (engineer) => because('not-contacted', { engineer })],
  [/^still no contact; assigned by hand, so it stays$/, () => because('still-no-contact')],
  [/^(\S+) did not contact the owner by the second deadline$/, (engineer) => because('second-deadline', { engineer })],
  [/^the parts are there: the next visit is planned$/, () => because('parts-there')],
  [/^its own signal is back in its band$/, () => because('signal-back')],
  [/^its own signal is back in its band: fixed remotely$/, () => because('fixed-remotely')],
  [/^its own signal is back in its band: fixed by its owner$/, () => because('fixed-by-owner')],
  [/^its own signal is not back in its band$/, () => because('signal-not-back')],
  [/^the owner did not answer in time$/, () => because('no-answer')],
  [/^nobody called back in time$/, () => because('no-call-back')],
  [/^no rating came: it has expired$/, () => because('rating-expired')],
  [/^fitted, but in no stock that we know: (.+)$/, (parts) => because('unaccounted', { parts: parts.split(', ') })],
  [/^the command was not answered in time: a visit is planned$/, () => because('command-unanswered')],
  [/^fixed remotely, if its signal says so$/, () => because('remote-proof')],
  [/^the appliance was retired$/, () => because('appliance-retired')],
  [/^words of a former owner$/, () => because('former-owner')],
]
const ours = new Set(['hearthwatch', 'appliance'])

/** What a step of an old ticket was for: its code where that is certain, else the words as they stand. Pure. */
export function legacyReason(why: string, by: string): Reason {
  // A former owner's words were replaced by ours.
  if (ours.has(by) || why === 'words of a former owner') {
    for (const [pattern, reason] of sentences) {
      const found = pattern.exec(why)
      if (found) return reason(...found.slice(1))
    }
  }
  return because('legacy-text', { text: why })
}

const AT_ONCE = 1_000

/** Every step of every ticket, in batches: a year of a large fleet has hundreds of thousands. */
export const reasonMigrations: DatabaseMigration[] = [
  {
    name: '0091-ticket-reasons',
    async up(db) {
      for (let after = 0; ; ) {
        const rows = await db
          .selectFrom('ticketEvent')
          .select(['seq', 'why', 'by'])
          .where('seq', '>', after)
          .orderBy('seq')
          .limit(AT_ONCE)
          .execute()
        for (const { seq, why, by } of rows) {
          const reason = JSON.stringify(legacyReason(why, by))
          await db.updateTable('ticketEvent').set({ why: reason }).where('seq', '=', seq).execute()
        }
        const last = rows.at(-1)
        if (!last) return
        after = Number(last.seq)
      }
    },
  },
  {
    // Who was considered stands in a column of its own: what only plans or counts does not read it.
    name: '0093-ticket-candidates',
    async up(db) {
      await db.schema
        .alterTable('ticket')
        .addColumn('candidates', 'text', (c) => c.notNull().defaultTo('[]'))
        .execute()
      for (let after = ''; ; ) {
        const rows = await db
          .selectFrom('ticket')
          .select(['id', 'body'])
          .where('id', '>', after)
          .orderBy('id')
          .limit(AT_ONCE)
          .execute()
        for (const { id, body: written } of rows) {
          const { candidates = [], ...rest } = withReasons(JSON.parse(written) as object)
          const row = { body: JSON.stringify(rest), candidates: JSON.stringify(candidates) }
          await db.updateTable('ticket').set(row).where('id', '=', id).execute()
        }
        const last = rows.at(-1)
        if (!last) return
        after = last.id
      }
    },
  },
]
