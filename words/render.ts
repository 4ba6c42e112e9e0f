import {
  everyText,
  type Language,
  type Reason,
  type ReasonCode,
  type Render,
  say as sayText,
  type Text,
} from '../core/index.ts'
import type { NameOf } from './catalogNames.ts'
import { languageOf } from './languageOf.ts'
import type { Words } from './words.ts'

/** Parameters that are ids of the catalog, or of the policy. In English they read as words, and programs look for them: there they stay. */
const ids: ReadonlySet<string> = new Set(['mode', 'cause', 'parts', 'kit', 'skill', 'items', 'item', 'guide', 'papers'])

/** A reason in one language. Pure. */
function say(reason: Reason, language: Language, nameOf: NameOf): string {
  const known: Words[ReasonCode] | undefined = languageOf[language].says[reason.code]
  // A row of a later version than this one: its code says more than nothing.
  if (known === undefined) return reason.code
  if (typeof known === 'string') return known
  const called = (id: string): string => {
    const name = nameOf(id)
    return name ? sayText(name, language) : id
  }
  const params = Object.fromEntries(
    Object.entries(reason.params ?? {}).map(([name, value]) => [
      name,
      inWords(value, language, language !== 'en' && ids.has(name) ? called : same, nameOf),
    ]),
  )
  // The code's own parameters, each in words: `Words` says so for each code, and this is any of them.
  return (known as (params: object) => string)(params)
}

const same = (text: string): string => text
function inWords(value: unknown, language: Language, called: (id: string) => string, nameOf: NameOf): unknown {
  if (Array.isArray(value)) return value.map((one) => inWords(one, language, called, nameOf))
  if (typeof value === 'string') return called(value)
  if (typeof value !== 'object' || value === null) return value
  return 'code' in value ? say(value as Reason, language, nameOf) : sayText(value as Text, language)
}

/** A reason in every language that is served; what it names by an id is called as `nameOf` says. */
export const renderWith =
  (nameOf: NameOf): Render =>
  (reason) =>
    everyText((language) => say(reason, language, nameOf))

/** Where no id is named. */
export const render: Render = renderWith(() => undefined)
