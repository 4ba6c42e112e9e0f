import { DAY, type Millis } from '../../core/index.ts'
import { reportedSince } from '../tickets/store/ticketCounts.ts'
import type { Reading } from '../tickets/store/ticketRepository.ts'
import type { ArticleSuccess } from './article.ts'

const NEVER: ArticleSuccess = { tried: 0, helped: 0, failed: 0, rate: null }
/** The newest answers of an article say how good it is now. */
const MOST_USES = 2_000

interface Use {
  article: string
  appliance: string
  ticket: string | null
  at: Millis
  helped: boolean
}

/**
 * How often each article helped. What was reported again within the days of a guide, by a person, was not helped (S60).
 * Pure.
 */
export function countSuccess(
  uses: readonly Use[],
  reported: readonly { id: string; appliance: string; createdAt: Millis }[],
  failedDays: number,
): Map<string, ArticleSuccess> {
  const counted = new Map<string, ArticleSuccess>()
  for (const { article, appliance, ticket, at, helped } of uses) {
    const before = counted.get(article) ?? NEVER
    const isBack = reported.some(
      (one) =>
        one.appliance === appliance && one.id !== ticket && one.createdAt > at && one.createdAt - at < failedDays * DAY,
    )
    const tried = before.tried + 1
    const all = before.helped + (helped ? 1 : 0)
    const failed = before.failed + (helped && isBack ? 1 : 0)
    counted.set(article, { tried, helped: all, failed, rate: (all - failed) / tried })
  }
  return counted
}

export async function successOf(
  db: Reading,
  articles: readonly string[],
  failedDays: number,
): Promise<(article: string) => ArticleSuccess> {
  if (articles.length === 0) return () => NEVER
  const rows = await db
    .selectFrom('articleUse')
    .select(['article', 'appliance', 'ticket', 'at', 'helped'])
    .where('article', 'in', articles)
    .orderBy('seq', 'desc')
    .limit(MOST_USES)
    .execute()
  const uses = rows.map((row) => ({ ...row, at: Number(row.at), helped: Number(row.helped) === 1 }))
  const helped = uses.filter((use) => use.helped)
  const reported =
    helped.length === 0
      ? []
      : await reportedSince(
          db,
          [...new Set(helped.map((use) => use.appliance))].slice(0, 500),
          Math.min(...helped.map((use) => use.at)),
        )
  const counted = countSuccess(uses, reported, failedDays)
  return (article) => counted.get(article) ?? NEVER
}
