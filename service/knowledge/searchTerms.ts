/** A query says no more than so many of them; an article has no more. */
const MOST_TERMS = 2_000
/** Runs of Han characters, or of letters and digits of any other script. */
const runs = /\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{N}])+/gu

/**
 * By what a text is found, each once: words in lower case without accents and endings; of Chinese, which has no spaces,
 * each character and every two that stand together. All in ASCII, so that every database takes them for one word.
 */
export const searchTerms = (text: string): string[] => termsOf(text, (run) => [...run, ...pairs(run)])

/** What somebody asks for: of a Chinese word its pairs alone, which say more than its characters. */
export const queryTerms = (text: string): string[] =>
  termsOf(text, (run) => (run.length === 1 ? [run] : pairs(run))).slice(0, 40)

function termsOf(text: string, han: (run: string) => string[]): string[] {
  const terms = new Set<string>()
  const plain = text.normalize('NFKC').toLowerCase()
  for (const [run] of plain.matchAll(runs)) {
    const found = /\p{Script=Han}/u.test(run) ? han(run) : [stem(run.normalize('NFD').replace(/\p{M}/gu, ''))]
    for (const one of found) if (terms.size < MOST_TERMS) terms.add(inAscii(one))
  }
  return [...terms]
}

const pairs = (run: string): string[] => {
  const characters = [...run]
  return characters.slice(1).map((character, i) => `${characters[i]}${character}`)
}

/** Enough of Porter that “filters”, “cleaning” and “cleaned” are found by “filter” and “clean”. */
function stem(word: string): string {
  if (word.length > 5 && word.endsWith('ing')) return word.slice(0, -3)
  if (word.length > 4 && word.endsWith('ed')) return word.slice(0, -2)
  if (word.length > 4 && word.endsWith('es')) return word.slice(0, -2)
  return word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word
}

const inAscii = (term: string): string =>
  [...term].map((one) => (/[a-z0-9]/.test(one) ? one : `u${one.codePointAt(0)?.toString(16)}`)).join('')
