import type { Language, Reason, ReasonCode, Text } from '../core/index.ts'
import { en } from './en.ts'
import type { Words } from './words.ts'
import { zh } from './zh.ts'

const words: Record<Language, Words> = { en, zh }

/** A reason in one language. Pure. */
export function say(reason: Reason, language: Language): string {
  const known: Words[ReasonCode] | undefined = words[language][reason.code]
  // A row of a later version than this one: its code says more than nothing.
  if (known === undefined) return reason.code
  if (typeof known === 'string') return known
  const params = Object.fromEntries(
    Object.entries(reason.params ?? {}).map(([name, value]) => [name, inWords(value, language)]),
  )
  // The code's own parameters, each in words: `Words` says so for each code, and this is any of them.
  return (known as (params: object) => string)(params)
}

function inWords(value: unknown, language: Language): unknown {
  if (Array.isArray(value)) return value.map((one) => inWords(one, language))
  if (typeof value !== 'object' || value === null) return value
  return 'code' in value ? say(value as Reason, language) : (value as Text)[language]
}

/** A reason in every language that is served. */
export const render = (reason: Reason): Text => ({ en: say(reason, 'en'), zh: say(reason, 'zh') })
