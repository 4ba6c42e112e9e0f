import { z } from 'zod'
import { anyText } from '../../core/index.ts'
import { jsonColumn, readable } from '../../database/index.ts'
import type { Reading } from '../tickets/store/ticketRepository.ts'
import {
  type Article,
  type ArticleState,
  type ArticleSuccess,
  type ArticleVersion,
  type Audience,
  articleStates,
  audiences,
} from './article.ts'

const namesIn = z.array(z.string())
const models = jsonColumn('article', 'models', namesIn)
const modes = jsonColumn('article', 'modes', namesIn)
const title = jsonColumn('articleVersion', 'title', anyText)
const text = jsonColumn('articleVersion', 'text', anyText)

/** Without what its uses say of it. */
export type Written = Omit<Article, 'success'>
/** More articles than this are not looked through at once. */
const MOST_READ = 2_000

/** What is asked of the database; `published`: as readers have it, otherwise the newest writing of each. */
export interface ArticleFilter {
  ids?: readonly string[]
  kind?: string | undefined
  state?: ArticleState | undefined
  ticket?: string
  published?: boolean
}

export async function readArticles(db: Reading, filter: ArticleFilter): Promise<Written[]> {
  if (filter.ids?.length === 0) return []
  let query = db
    .selectFrom('article')
    .innerJoin('articleVersion', (join) =>
      join
        .onRef('articleVersion.article', '=', 'article.id')
        .onRef('articleVersion.version', '=', filter.published ? 'article.published' : 'article.version'),
    )
    .select([
      'article.id',
      'article.kind',
      'article.models',
      'article.modes',
      'article.audience',
      'article.state',
      'article.origin',
      'article.ticket',
      'article.updatedAt',
      'articleVersion.version',
      'articleVersion.title',
      'articleVersion.text',
      'articleVersion.by',
    ])
  if (filter.ids) query = query.where('article.id', 'in', filter.ids)
  if (filter.kind !== undefined) query = query.where('article.kind', '=', filter.kind)
  if (filter.state !== undefined) query = query.where('article.state', '=', filter.state)
  if (filter.ticket !== undefined) query = query.where('article.ticket', '=', filter.ticket)
  const rows = await query.orderBy('article.id').limit(MOST_READ).execute()
  return readable(rows, ({ ticket, ...row }) => ({
    ...row,
    models: models.read(row.models, row.id),
    modes: modes.read(row.modes, row.id),
    audience: audiences.find((one): one is Audience => one === row.audience) ?? 'engineer',
    state: articleStates.find((one): one is ArticleState => one === row.state) ?? 'draft',
    origin: row.origin === 'shipped' || row.origin === 'ticket' ? row.origin : 'person',
    updatedAt: Number(row.updatedAt),
    title: title.read(row.title, row.id),
    text: text.read(row.text, row.id),
    ...(ticket === null ? {} : { ticket }),
  }))
}

/** Every writing of it, the newest first. */
export async function readVersions(db: Reading, article: string): Promise<ArticleVersion[]> {
  const rows = await db
    .selectFrom('articleVersion')
    .selectAll()
    .where('article', '=', article)
    .orderBy('version', 'desc')
    .execute()
  return readable(rows, ({ article: _, reviewedBy, reviewedAt, ...row }) => ({
    ...row,
    at: Number(row.at),
    title: title.read(row.title, article),
    text: text.read(row.text, article),
    ...(reviewedBy === null ? {} : { reviewedBy }),
    ...(reviewedAt === null ? {} : { reviewedAt: Number(reviewedAt) }),
  }))
}

export const withSuccess = (written: Written, of: (article: string) => ArticleSuccess): Article => ({
  ...written,
  success: of(written.id),
})
