import {
  type Appliance,
  type Clock,
  type Database,
  type Millis,
  newSecret,
  notFound,
  own,
  Problem,
  sameText,
  type Text,
} from '../../core/index.ts'
import type { Reading } from '../tickets/store/ticketRepository.ts'
import type { ArticleBook } from './articleBook.ts'
import { answered, type DiagnosisNode, type DiagnosisTree, readTrees } from './diagnosisTree.ts'

export type DiagnosisOutcome = 'solved' | 'guide' | 'ticket'

/** A guided diagnosis as it stands: what was answered, and what is asked now or how it ended. */
export interface Diagnosis {
  id: string
  appliance: string
  kind: string
  by: string
  startedAt: Millis
  endedAt?: Millis
  outcome?: DiagnosisOutcome
  ticket?: string
  steps: {
    at: Millis
    node: string
    answer: string
    ask: Text
    said: Text
  }[]
  /** The place in its tree. */
  node: string
  ask?: Text
  /** To be tried with the caller. */
  article?: string
  answers: { id: string; text: Text }[]
}

export interface DiagnosisBook {
  kinds(): string[]
  /** @throws Problem `no-tree` of a kind without one */
  begin(appliance: Appliance, by: string): Promise<Diagnosis>
  /** One step more, kept at once; at its end what it came to follows. @throws Problem `not-asked`, `no-such-answer`, `retired` */
  answer(id: string, node: string, answer: string, by: string): Promise<Diagnosis>
  get(id: string): Promise<Diagnosis>
  of(of: { appliance: string } | { ticket: string }): Promise<Diagnosis[]>
}

interface DiagnosisOptions {
  database: Database
  clock: Clock
  articles: ArticleBook
  /** @throws Problem `retired` */
  inService(appliance: string): unknown
  /** What the caller has is written down as a report. @returns its ticket */
  report(
    appliance: string,
    by: string,
    failureMode: string | undefined,
    /** Undefined: its last answer has no words. */
    said: Text | undefined,
  ): Promise<string>
}

const MOST_LISTED = 20

export function openDiagnosisBook({ database, clock, articles, inService, report }: DiagnosisOptions): DiagnosisBook {
  const trees = readTrees()
  const treeOf = (kind: string): DiagnosisTree => {
    const tree = own(trees, kind)
    if (tree) return tree
    throw new Problem({
      code: 'no-tree',
      message: `There is no guided diagnosis of a ${kind}.`,
      remedy: `Use the question template; guided are ${Object.keys(trees).join(', ')}.`,
      concerns: kind,
      status: 404,
    })
  }
  const read = async (db: Reading, filter: { id: string } | { appliance: string } | { ticket: string }) => {
    let query = db.selectFrom('diagnosis').selectAll()
    for (const [column, value] of Object.entries(filter)) query = query.where(column as 'id', '=', value)
    const rows = await query.orderBy('startedAt', 'desc').orderBy('id').limit(MOST_LISTED).execute()
    return Promise.all(
      rows.map(async (row) => {
        const steps = await db
          .selectFrom('diagnosisStep')
          .select(['at', 'node', 'answer'])
          .where('diagnosis', '=', row.id)
          .orderBy('step')
          .execute()
        return viewOf(treeOf(row.kind), row, steps)
      }),
    )
  }
  const one = async (id: string): Promise<Diagnosis> => {
    const [known] = await read(database.query, { id })
    if (!known) throw notFound('diagnosis', id)
    return known
  }
  return {
    kinds: () => Object.keys(trees),
    async begin({ id: appliance, kind }, by) {
      const { start } = treeOf(kind)
      const id = `dg-${newSecret().slice(0, 16)}`
      const row = { id, appliance, kind, node: start, by, startedAt: clock.now() }
      await database.transaction((tx) =>
        tx
          .insertInto('diagnosis')
          .values({ ...row, endedAt: null, outcome: null, ticket: null })
          .execute(),
      )
      return one(id)
    },
    async answer(id, node, answer, by) {
      const before = await one(id)
      if (before.node !== node || before.outcome) throw notAsked(before, node)
      inService(before.appliance)
      const asked = own(treeOf(before.kind).nodes, node)
      const next = answered(treeOf(before.kind), node, answer)
      const end = 'end' in next.node ? next.node : undefined
      const said = asked && 'ask' in asked ? asked.answers.find(({ id: one }) => one === answer)?.text : undefined
      // A report that was written and whose step was not: asked again it joins the ticket that it made.
      const ticket = end?.end === 'ticket' ? await report(before.appliance, by, end.failureMode, said) : undefined
      await database.transaction(async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable('diagnosis')
          .set({
            node: next.id,
            ...(end ? { endedAt: clock.now(), outcome: end.end, ...(ticket ? { ticket } : {}) } : {}),
          })
          .where('id', '=', id)
          .where('node', '=', node)
          .executeTakeFirstOrThrow()
        // Two hands on one call: the first answer counts.
        if (Number(numUpdatedRows) === 0) throw notAsked(before, node)
        const step = before.steps.length
        await tx.insertInto('diagnosisStep').values({ diagnosis: id, step, at: clock.now(), node, answer }).execute()
      })
      if (asked && 'ask' in asked && asked.article && end?.end !== 'guide')
        await articles.used({
          article: asked.article,
          appliance: before.appliance,
          ticket,
          by,
          helped: end?.end === 'solved',
        })
      return one(id)
    },
    get: one,
    of: (filter) => read(database.query, filter),
  }
}

const notAsked = ({ id, node, outcome }: Diagnosis, said: string): Problem =>
  new Problem({
    code: 'not-asked',
    message: outcome ? `Diagnosis ${id} has ended.` : `Diagnosis ${id} asks '${node}', not '${said}'.`,
    remedy: outcome ? 'Begin another.' : `Answer '${node}'.`,
    concerns: id,
    status: 409,
  })

interface Row {
  id: string
  appliance: string
  kind: string
  node: string
  by: string
  startedAt: Millis
  endedAt: Millis | null
  outcome: string | null
  ticket: string | null
}

function viewOf(
  { nodes }: DiagnosisTree,
  { endedAt, outcome, ticket, ...row }: Row,
  steps: readonly { at: Millis; node: string; answer: string }[],
): Diagnosis {
  const at: DiagnosisNode | undefined = own(nodes, row.node)
  const outcomes: readonly DiagnosisOutcome[] = ['solved', 'guide', 'ticket']
  const ended = outcomes.find((one) => one === outcome)
  return {
    ...row,
    startedAt: Number(row.startedAt),
    ...(endedAt === null ? {} : { endedAt: Number(endedAt) }),
    ...(ended ? { outcome: ended } : {}),
    ...(ticket === null ? {} : { ticket }),
    steps: steps.map((step) => {
      // A tree that has changed since: what was asked is no longer known by its words.
      const unknown = sameText(step.node)
      const asked = own(nodes, step.node)
      const known = asked && 'ask' in asked ? asked : undefined
      const said = known?.answers.find(({ id }) => id === step.answer)?.text
      return {
        ...step,
        at: Number(step.at),
        ask: known?.ask ?? unknown,
        said: said ?? sameText(step.answer),
      }
    }),
    ...(at && 'ask' in at ? { ask: at.ask } : {}),
    ...(at?.article ? { article: at.article } : {}),
    answers: at && 'ask' in at ? at.answers.map(({ id, text }) => ({ id, text })) : [],
  }
}
