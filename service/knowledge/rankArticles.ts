import { languages } from '../../core/index.ts'
import type { Article, Audience } from './article.ts'
import { queryTerms, searchTerms } from './searchTerms.ts'

/** What somebody looks for; everything that is given must fit. */
export interface ArticleQuery {
  words?: string | undefined
  kind?: string | undefined
  model?: string | undefined
  /** Likeliest first: what speaks of the first comes before what speaks of the second. */
  modes?: readonly string[] | undefined
  /** Who reads it: an owner reads what is for owners, an agent that and what is for agents, an engineer all. */
  reader: Audience
}

const reads: Record<Audience, readonly Audience[]> = {
  owner: ['owner'],
  agent: ['owner', 'agent'],
  engineer: ['owner', 'agent', 'engineer'],
}
/** Of what was asked for, so much must be in an article. */
const LEAST_SHARE = 0.5

/** Those that fit, the best first: by words, then by fault, then by how often they helped. Pure. */
export function rankArticles(articles: readonly Article[], query: ArticleQuery): Article[] {
  const { words = '', kind, model, modes, reader } = query
  const asked = queryTerms(words)
  return articles
    .filter(
      (one) =>
        reads[reader].includes(one.audience) &&
        (kind === undefined || one.kind === kind) &&
        (model === undefined || one.models.length === 0 || one.models.includes(model)) &&
        (modes === undefined || one.modes.some((mode) => modes.includes(mode))),
    )
    .map((one) => ({ one, score: wordScore(one, asked) + modeScore(one, modes) + usefulness(one) }))
    .filter(({ one }) => asked.length === 0 || shareOf(one, asked) >= LEAST_SHARE)
    .sort((a, b) => b.score - a.score || (a.one.id < b.one.id ? -1 : 1))
    .map(({ one }) => one)
}

const has = (terms: readonly string[], asked: string): boolean => terms.some((term) => term.startsWith(asked))
const termsOf = ({ title, text }: Pick<Article, 'title' | 'text'>) => ({
  title: languages.flatMap((language) => searchTerms(title[language] ?? '')),
  text: languages.flatMap((language) => searchTerms(text[language] ?? '')),
})

function shareOf(article: Article, asked: readonly string[]): number {
  const { title, text } = termsOf(article)
  return asked.filter((term) => has(title, term) || has(text, term)).length / asked.length
}
/** A word of the title says three times what one of the text says. */
function wordScore(article: Article, asked: readonly string[]): number {
  if (asked.length === 0) return 0
  const { title, text } = termsOf(article)
  return asked.reduce((sum, term) => sum + (has(title, term) ? 3 : 0) + (has(text, term) ? 1 : 0), 0) / asked.length
}
function modeScore({ modes: own, models }: Article, modes: readonly string[] = []): number {
  const first = modes.findIndex((mode) => own.includes(mode))
  return (first < 0 ? 0 : 2 / (1 + first)) + (models.length > 0 ? 0.5 : 0)
}
/** −0.5 to 0.5, and 0 for what few have tried. */
const usefulness = ({ success: { tried, helped, failed } }: Article): number =>
  (helped - failed + 2) / (tried + 4) - 0.5
