import type { Catalog } from '../../catalog/index.ts'
import {
  type Clock,
  type Database,
  newSecret,
  notFound,
  Problem,
  type Render,
  type UnitOfWork,
} from '../../core/index.ts'
import { loadTicket } from '../tickets/store/ticketRepository.ts'
import type { Article, ArticleContent, ArticleState, ArticleVersion } from './article.ts'
import { readArticles, readVersions, type Written, withSuccess } from './articleRows.ts'
import { successOf } from './articleSuccess.ts'
import { draftFromTicket } from './draftFromTicket.ts'
import { type ArticleQuery, rankArticles } from './rankArticles.ts'
import { refuseDangers } from './safetyRules.ts'
import { findByWords, writeTerms } from './textSearch.ts'

export interface ArticleBook {
  /** What is published and fits, the best first. */
  find(query: ArticleQuery): Promise<Article[]>
  /** As they stand in the workshop: the newest writing of each. */
  inState(state: ArticleState): Promise<Article[]>
  /** Its newest writing, and every one before it. @throws Problem `not-found` */
  get(id: string): Promise<Article & { versions: ArticleVersion[] }>
  /** A new article, or a new writing of one that exists: readers have it once somebody has reviewed it. @throws Problem `unsafe-article`, `not-found` */
  write(content: ArticleContent, by: string, id?: string): Promise<Article>
  /** Of a solved ticket; asked again, the one that was made of it. @throws Problem `not-solved` */
  draftFrom(ticket: string, by: string): Promise<Article>
  /** Readers have this writing from now on. @throws Problem `own-review`, `not-newest` */
  publish(id: string, version: number, by: string): Promise<Article>
  /** Nobody is offered it any more. */
  retire(id: string): Promise<Article>
  /** Somebody tried it. */
  used(use: {
    article: string
    appliance: string
    ticket?: string | undefined
    by: string
    helped: boolean
  }): Promise<void>
}

interface BookOptions {
  database: Database
  clock: Clock
  catalog: Catalog
  render: Render
  /** A report within so many days says that an article did not help. */
  failedDays: () => number
}

export function openArticleBook({ database, clock, catalog, failedDays, render }: BookOptions): ArticleBook {
  const counted = async (written: Written[]): Promise<Article[]> => {
    const of = await successOf(
      database.query,
      written.map(({ id }) => id),
      failedDays(),
    )
    return written.map((one) => withSuccess(one, of))
  }
  const one = async (id: string): Promise<Article> => {
    const [article] = await counted(await readArticles(database.query, { ids: [id] }))
    if (!article) throw notFound('article', id)
    return article
  }
  return {
    async find(query) {
      const ids = await findByWords(database, query.words ?? '')
      const known = await readArticles(database.query, {
        state: 'published',
        published: true,
        kind: query.kind,
        ...(ids ? { ids } : {}),
      })
      return rankArticles(await counted(known), query)
    },
    inState: async (state) => counted(await readArticles(database.query, { state })),
    get: async (id) => ({ ...(await one(id)), versions: await readVersions(database.query, id) }),
    async write(content, by, id) {
      requireKnown(catalog, content)
      refuseDangers(content.title, content.audience)
      refuseDangers(content.text, content.audience)
      const written = await database.transaction((tx) =>
        addWriting(tx, clock.now(), content, by, { id, origin: 'person' }),
      )
      return one(written)
    },
    async draftFrom(ticket, by) {
      const made = await database.transaction(async (tx) => {
        const [known] = await readArticles(tx, { ticket })
        if (known) return known.id
        const content = draftFromTicket(await loadTicket(tx, ticket), catalog, render)
        return addWriting(tx, clock.now(), content, by, { origin: 'ticket', ticket })
      })
      return one(made)
    },
    async publish(id, version, by) {
      await database.transaction((tx) => publishWriting(tx, database.dialect, clock.now(), { id, version, by }))
      return one(id)
    },
    async retire(id) {
      await database.transaction(async (tx) => {
        const [known] = await readArticles(tx, { ids: [id] })
        if (!known) throw notFound('article', id)
        await tx.updateTable('article').set({ state: 'retired', updatedAt: clock.now() }).where('id', '=', id).execute()
        await writeTerms(tx, database.dialect, id)
      })
      return one(id)
    },
    async used({ article, appliance, ticket = null, by, helped }) {
      await database.transaction(async (tx) => {
        const [known] = await readArticles(tx, { ids: [article] })
        if (!known) throw notFound('article', article)
        // Who says it again of the same ticket has one voice: the last one.
        if (ticket !== null)
          await tx
            .deleteFrom('articleUse')
            .where('article', '=', article)
            .where('ticket', '=', ticket)
            .where('by', '=', by)
            .execute()
        await tx
          .insertInto('articleUse')
          .values({ article, appliance, ticket, by, at: clock.now(), helped: helped ? 1 : 0 })
          .execute()
      })
    },
  }
}

function requireKnown(catalog: Catalog, { kind, modes }: ArticleContent): void {
  const { failureModes } = catalog.kind(kind)
  const unknown = modes.find((mode) => !Object.hasOwn(failureModes, mode))
  if (unknown === undefined) return
  throw new Problem({
    code: 'unknown-failure-mode',
    message: `A ${kind} has no failure mode '${unknown}'.`,
    remedy: 'GET /api/catalog lists those it has.',
    concerns: 'modes',
    status: 422,
  })
}

/** One writing more, of a new article or of one that exists. @returns its id */
export async function addWriting(
  tx: UnitOfWork,
  at: number,
  content: ArticleContent,
  by: string,
  of: { id?: string | undefined; origin: Article['origin']; ticket?: string; isNew?: boolean },
): Promise<string> {
  const [known] = of.id === undefined ? [] : await readArticles(tx, { ids: [of.id] })
  if (of.id !== undefined && !known && !of.isNew) throw notFound('article', of.id)
  const id =
    of.id ??
    `ar-${newSecret()
      .slice(0, 12)
      .replace(/[^A-Za-z0-9]/g, '0')}`
  const version = (known?.version ?? 0) + 1
  const about = {
    kind: content.kind,
    models: JSON.stringify(content.models),
    modes: JSON.stringify(content.modes),
    audience: content.audience,
    version,
    updatedAt: at,
  }
  if (known) await tx.updateTable('article').set(about).where('id', '=', id).execute()
  else
    await tx
      .insertInto('article')
      .values({
        id,
        ...about,
        state: 'draft',
        origin: of.origin,
        ticket: of.ticket ?? null,
        published: null,
        createdAt: at,
      })
      .execute()
  await tx
    .insertInto('articleVersion')
    .values({
      article: id,
      version,
      at,
      by,
      title: JSON.stringify(content.title),
      text: JSON.stringify(content.text),
      reviewedBy: null,
      reviewedAt: null,
    })
    .execute()
  return id
}

/** It was read by somebody else than who wrote it, and is found by its words from now on. */
export async function publishWriting(
  tx: UnitOfWork,
  dialect: Database['dialect'],
  at: number,
  { id, version, by }: { id: string; version: number; by: string },
): Promise<void> {
  const [known] = await readArticles(tx, { ids: [id] })
  if (!known) throw notFound('article', id)
  if (known.version !== version)
    throw new Problem({
      code: 'not-newest',
      message: `Version ${version} of article ${id} is not its newest, which is ${known.version}.`,
      remedy: 'Read the newest one, and publish that.',
      concerns: id,
      status: 409,
    })
  if (known.by === by)
    throw new Problem({
      code: 'own-review',
      message: `${by} wrote version ${version} of article ${id}: somebody else must review it.`,
      remedy: 'Ask a colleague to read and publish it.',
      concerns: id,
      status: 409,
    })
  refuseDangers(known.title, known.audience)
  refuseDangers(known.text, known.audience)
  await tx
    .updateTable('articleVersion')
    .set({ reviewedBy: by, reviewedAt: at })
    .where('article', '=', id)
    .where('version', '=', version)
    .execute()
  await tx
    .updateTable('article')
    .set({ state: 'published', published: version, updatedAt: at })
    .where('id', '=', id)
    .execute()
  const { title, text } = known
  await writeTerms(tx, dialect, id, [...Object.values(title), ...Object.values(text)].join('\n'))
}
