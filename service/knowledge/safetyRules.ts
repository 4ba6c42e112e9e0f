import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { everyTextOf, type Language, languages, Problem, type Text } from '../../core/index.ts'
import type { Audience } from './article.ts'

/** What must not be told, and how a clause says not to do it: that is what we want to read. */
const pattern = everyTextOf(z.string().transform((source) => new RegExp(source, 'iu')))

const { forbids, rules } = z
  .object({ forbids: pattern, rules: z.array(pattern.extend({ id: z.string() })) })
  .parse(JSON.parse(readFileSync(new URL('./safetyRules.json', import.meta.url), 'utf8')))
/** Who has learned it may open what others may not; nobody works under voltage or makes a guard blind. */
const forEverybody: ReadonlySet<string> = new Set(['under-voltage', 'bypass', 'flame'])

/** What an article or an answer must not tell somebody to do: the rule, and the words. Pure. */
export interface Danger {
  rule: string
  language: Language
  words: string
}

/** Looks at a text clause by clause. Pure. */
export function dangersOf(text: Partial<Text>, audience: Audience): Danger[] {
  const held = rules.filter(({ id }) => audience !== 'engineer' || forEverybody.has(id))
  return languages.flatMap((language) =>
    (text[language] ?? '')
      .split(/[.!?。！？；;\n]/u)
      .filter((clause) => !forbids[language].test(clause))
      .flatMap((clause) =>
        held.flatMap(({ id, [language]: wrong }) => {
          const found = wrong.exec(clause)
          return found ? [{ rule: id, language, words: found[0].trim() }] : []
        }),
      ),
  )
}

/** @throws Problem `unsafe-article`, which names the words */
export function refuseDangers(text: Text, audience: Audience): void {
  const [danger] = dangersOf(text, audience)
  if (!danger) return
  throw new Problem({
    code: 'unsafe-article',
    message: `“${danger.words}” is not for ${audience === 'owner' ? 'an owner' : `an ${audience}`} to do (${danger.rule}).`,
    remedy: 'Say what can be done safely with the plug pulled and the housing closed, or that somebody comes for it.',
    concerns: danger.rule,
    status: 422,
  })
}
