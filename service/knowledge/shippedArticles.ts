import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { type Clock, type Database, hash64, languages } from '../../core/index.ts'
import { type ShippedArticle, shippedArticleSchema } from './article.ts'
import { addWriting, publishWriting } from './articleBook.ts'
import { readArticles, readVersions } from './articleRows.ts'

const FILES = ['fridge', 'washer', 'ac'] as const
/** Who wrote what comes with the product, and who read it. */
const WRITER = 'product'
const REVIEWER = 'product review'

/** The articles that come with the product, of every kind that is built in. */
export const shippedArticles = (): ShippedArticle[] =>
  FILES.flatMap((kind) => {
    const file: unknown = JSON.parse(readFileSync(new URL(`./articles/${kind}.json`, import.meta.url), 'utf8'))
    return z
      .array(shippedArticleSchema.omit({ kind: true }))
      .parse(file)
      .map((one) => ({ kind, ...one }))
  })

/**
 * Brings what is in the database up to what comes with this release: new ones are added, changed ones get a new version.
 * One that a person has rewritten or retired is theirs, and stays as it is.
 */
export async function shipArticles(
  database: Database,
  clock: Clock,
  articles: readonly ShippedArticle[] = shippedArticles(),
): Promise<void> {
  const known = new Map((await readArticles(database.query, {})).map((one) => [one.id, one]))
  const changed = articles.filter((one) => {
    const now = known.get(one.id)
    return !now || (now.by === WRITER && now.state !== 'retired' && writingOf(now) !== writingOf(one))
  })
  if (changed.length === 0) return
  await database.transaction(async (tx) => {
    for (const { id, ...content } of changed) {
      if ((await readVersions(tx, id)).some(({ by }) => by !== WRITER)) continue
      await addWriting(tx, clock.now(), content, WRITER, { id, origin: 'shipped', isNew: true })
      const version = (known.get(id)?.version ?? 0) + 1
      await publishWriting(tx, database.dialect, clock.now(), { id, version, by: REVIEWER })
    }
  })
}

const writingOf = ({ title, text, models, modes, audience }: Omit<ShippedArticle, 'id' | 'kind'>): string =>
  hash64(JSON.stringify([languages.map((one) => [title[one], text[one]]), models, modes, audience]))
