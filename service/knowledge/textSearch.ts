import { sql } from 'kysely'
import type { Database, UnitOfWork } from '../../core/index.ts'
import { queryTerms, searchTerms } from './searchTerms.ts'

/** So many are ranked; whoever asks for what more articles say asks too widely. */
const MOST_FOUND = 300

/** From now on the article is found by these words, and by no others. Without words: by none. */
export async function writeTerms(
  tx: UnitOfWork,
  dialect: Database['dialect'],
  article: string,
  words?: string,
): Promise<void> {
  await tx.deleteFrom('articleTerms').where('article', '=', article).execute()
  const terms = searchTerms(words ?? '').join(' ')
  if (terms === '') return
  if (dialect === 'sqlite') await tx.insertInto('articleTerms').values({ article, terms }).execute()
  else
    await sql`insert into "articleTerms" ("article", "terms")
      values (${article}, array_to_tsvector(string_to_array(${terms}, ' ')))`.execute(tx)
}

/**
 * Articles that have any of these words or words that begin so: by SQLite's FTS5, or PostgreSQL's text search.
 * @returns their ids, undefined where nothing is asked for
 */
export async function findByWords(database: Database, words: string): Promise<string[] | undefined> {
  const terms = queryTerms(words)
  if (terms.length === 0) return words.trim() === '' ? undefined : []
  const { rows } =
    database.dialect === 'sqlite'
      ? await sql<{ article: string }>`select "article" from "articleTerms" where "articleTerms" match ${terms
          .map((term) => `"${term}"*`)
          .join(' OR ')} order by rank limit ${MOST_FOUND}`.execute(database.query)
      : await sql<{ article: string }>`select "article" from "articleTerms", to_tsquery('simple', ${terms
          .map((term) => `${term}:*`)
          .join(
            ' | ',
          )}) asked where "terms" @@ asked order by ts_rank("terms", asked) desc limit ${MOST_FOUND}`.execute(
          database.query,
        )
  return rows.map(({ article }) => article)
}
