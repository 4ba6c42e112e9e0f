import type { en } from './en.ts'

/** Every key of a vocabulary, `nav.fleet`; of a word with forms for numbers (`looks_one`, `looks_other`) the name alone. */
export type Key = KeyOf<typeof en>
type KeyOf<T> = {
  [K in keyof T & string]: T[K] extends string ? WithoutForm<K> : `${K}.${KeyOf<T[K]>}`
}[keyof T & string]
type WithoutForm<K extends string> = K extends `${infer Name}_one` | `${infer Name}_other` ? Name : K

/** The text of a key with its `{{values}}` filled in; `count` chooses its form; `otherwise` stands where there is none. */
export type Translate = (
  key: Key,
  values?: Readonly<Record<string, unknown>> & { count?: number; otherwise?: string },
) => string

export function translate(words: unknown, lang: string): Translate {
  const forms = new Intl.PluralRules(lang)
  const find = (key: string): string | undefined => {
    let at: unknown = words
    for (const name of key.split('.')) at = isRecord(at) && Object.hasOwn(at, name) ? at[name] : undefined
    return typeof at === 'string' ? at : undefined
  }
  return (key, values = {}) => {
    const { count, otherwise } = values
    const found = (count === undefined ? undefined : find(`${key}_${forms.select(count)}`)) ?? find(key)
    return found === undefined
      ? (otherwise ?? key)
      : found.replaceAll(/\{\{(\w+)\}\}/g, (_, name) => String(values[name] ?? ''))
  }
}
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
