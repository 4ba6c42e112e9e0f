import type { ParseKeys } from 'i18next'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Text } from '../api.ts'

export type Language = 'en' | 'zh'
interface Words {
  t(key: ParseKeys, values?: Readonly<Record<string, unknown>>): string
  lang: Language
  /** A text of the catalog in the reader's language. */
  say(text: Text | undefined, otherwise?: string): string
}

/** The language that is asked for in the address, or the owner's, or the browser's. */
export function languageOf(owners: string | undefined): Language {
  const asked = new URLSearchParams(location.search).get('lang')
  const language = asked ?? owners ?? localStorage.getItem('language') ?? navigator.language
  return language.startsWith('zh') ? 'zh' : 'en'
}

/** One vocabulary, and not the other: the words are the largest part of this page. */
export async function loadWords(lang: Language): Promise<Words> {
  const words: unknown = lang === 'zh' ? (await import('../words/zh.ts')).zh : (await import('../words/en.ts')).en
  document.documentElement.lang = lang
  return { t: translate(words), lang, say: (text, otherwise = '') => text?.[lang] ?? otherwise }
}

/** What i18next does with `{{name}}`; this page has no plurals, nesting or contexts. */
const translate =
  (words: unknown) =>
  (key: ParseKeys, values: Readonly<Record<string, unknown>> = {}): string => {
    const found = key
      .split('.')
      .reduce<unknown>((at, name) => (isRecord(at) && Object.hasOwn(at, name) ? at[name] : undefined), words)
    return typeof found === 'string' ? found.replaceAll(/\{\{(\w+)\}\}/g, (_, name) => String(values[name] ?? '')) : key
  }
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

export const SpokenWords = createContext<Words | undefined>(undefined)
export function useWords(): Words {
  const words = useContext(SpokenWords)
  if (!words) throw new Error('no words are loaded yet')
  return words
}
