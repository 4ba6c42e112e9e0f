import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { type Language, languages, Problem, type Text } from '../../core/index.ts'
import type { Audience } from './article.ts'

const rules = z
  .array(z.object({ id: z.string(), en: z.string(), zh: z.string() }))
  .parse(JSON.parse(readFileSync(new URL('./safetyRules.json', import.meta.url), 'utf8')))
  .map(({ id, en, zh }) => ({ id, en: new RegExp(en, 'iu'), zh: new RegExp(zh, 'u') }))
/** Who has learned it may open what others may not; nobody works under voltage or makes a guard blind. */
const forEverybody: ReadonlySet<string> = new Set(['under-voltage', 'bypass', 'flame'])

/** A clause that says not to do it is what we want to read. */
const forbids = {
  en: /\b(?:never|not|don['’]t|nobody|no one|must not|without|only (?:an? )?(?:engineer|specialist|electrician)s?)\b/iu,
  zh: /(?:切勿|请勿|不要|不得|不可|不能|禁止|严禁|勿|只能由|须由|应由|由(?:专业|工程师|维修))/u,
} satisfies Record<Language, RegExp>

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
