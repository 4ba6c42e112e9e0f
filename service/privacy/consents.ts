import {
  type Clock,
  type Database,
  type Millis,
  type PersonRef,
  pseudonymOf,
  type UnitOfWork,
} from '../../core/index.ts'

/** What somebody is asked for, each by itself. */
export const purposes = [
  'service-messages',
  'self-tests',
  'care-tips',
  'offers',
  'greetings',
  'quality-research',
] as const
export type Purpose = (typeof purposes)[number]
/** Without an answer: messages about one's own appliance belong to its service, everything else is not agreed to. */
const withoutAnswer: Record<Purpose, boolean> = {
  'service-messages': true,
  'self-tests': false,
  'care-tips': false,
  offers: false,
  greetings: false,
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

/**
 * @param clock the wall clock: consent is given in people's time
 * @param withdrawn what is on its way to them for that purpose is stopped, in the same transaction
 */
export function openConsents(
  database: Database,
  clock: Clock,
  withdrawn: (tx: UnitOfWork, person: PersonRef, purpose: Purpose) => Promise<void> = async () => undefined,
): Consents {
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
      await database.transaction(async (tx) => {
        await tx
          .insertInto('consent')
          .values({ ...row, at: clock.now() })
          .execute()
        if (!given) await withdrawn(tx, person, purpose)
      })
    },
  }
}

/** May they be written to about their own appliance? */
export const mayMessage = (tx: Pick<Database['query'], 'selectFrom'>, person: PersonRef): Promise<boolean> =>
  agrees(tx, person, 'service-messages')

/** What they said of a purpose last; where they never said anything, what is agreed to without an answer. */
export async function agrees(
  tx: Pick<Database['query'], 'selectFrom'>,
  person: PersonRef,
  purpose: Purpose,
): Promise<boolean> {
  const last = await tx
    .selectFrom('consent')
    .select('given')
    .where('person', '=', pseudonymOf(person))
    .where('purpose', '=', purpose)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return last ? last.given === 1 : withoutAnswer[purpose]
}
