import { type Clock, type Database, type Millis, type PersonRef, pseudonymOf } from '../../core/index.ts'

/** What somebody is asked for, each by itself. */
export const purposes = ['service-messages', 'care-tips', 'offers', 'quality-research'] as const
export type Purpose = (typeof purposes)[number]
/** Without an answer: messages about one's own appliance belong to its service, everything else is not agreed to. */
const withoutAnswer: Record<Purpose, boolean> = {
  'service-messages': true,
  'care-tips': false,
  offers: false,
  'quality-research': false,
}
/** Which text people are asked with; another text is another version. */
const TERMS = '2026-11'

export interface ConsentStep {
  purpose: Purpose
  given: boolean
  at: Millis
  /** `owner` by their link, or who wrote it down for them. */
  by: string
  terms: string
  appliance: string
}
export interface ConsentsOf {
  now: { purpose: Purpose; given: boolean; since?: Millis; by?: string }[]
  /** The oldest first. */
  history: ConsentStep[]
}

export interface Consents {
  of(person: PersonRef): Promise<ConsentsOf>
  say(person: PersonRef, said: { appliance: string; purpose: Purpose; given: boolean; by: string }): Promise<void>
}

/** @param clock the wall clock: consent is given in people's time */
export function openConsents(database: Database, clock: Clock): Consents {
  return {
    async of(person) {
      const rows = await database.query
        .selectFrom('consent')
        .selectAll()
        .where('person', '=', pseudonymOf(person))
        .orderBy('seq')
        .execute()
      const history = rows.map(({ purpose, given, at, by, terms, appliance }) => ({
        purpose: purpose as Purpose,
        given: given === 1,
        at,
        by,
        terms,
        appliance,
      }))
      const now = purposes.map((purpose) => {
        const last = history.findLast((step) => step.purpose === purpose)
        return last
          ? { purpose, given: last.given, since: last.at, by: last.by }
          : { purpose, given: withoutAnswer[purpose] }
      })
      return { now, history }
    },
    async say(person, { appliance, purpose, given, by }) {
      const row = { person: pseudonymOf(person), appliance, purpose, given: given ? 1 : 0, by, terms: TERMS }
      await database.transaction((tx) =>
        tx
          .insertInto('consent')
          .values({ ...row, at: clock.now() })
          .execute(),
      )
    },
  }
}

/** May they be written to about their own appliance? */
export async function mayMessage(tx: Pick<Database['query'], 'selectFrom'>, person: PersonRef): Promise<boolean> {
  const last = await tx
    .selectFrom('consent')
    .select('given')
    .where('person', '=', pseudonymOf(person))
    .where('purpose', '=', 'service-messages')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return last?.given !== 0
}
