import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Text } from '../api.ts'
import { type Language, languageAmong, vocabularyOf } from '../words/language.ts'
import { type Translate, translate } from '../words/translate.ts'

export type { Language }

interface Words {
  t: Translate
  lang: Language
  /** A text of the catalog in the reader's language. */
  say(text: Text | undefined, otherwise?: string): string
}

/** The language that is asked for in the address, or the owner's, or the browser's. */
export const languageOf = (owners: string | undefined): Language =>
  languageAmong(
    new URLSearchParams(location.search).get('lang'),
    owners,
    localStorage.getItem('language'),
    navigator.language,
  )

/** One vocabulary, and not the other: the words are the largest part of this page. */
export async function loadWords(lang: Language): Promise<Words> {
  const t = translate(await vocabularyOf(lang), lang)
  document.documentElement.lang = lang
  return { t, lang, say: (text, otherwise = '') => text?.[lang] ?? otherwise }
}

export const SpokenWords = createContext<Words | undefined>(undefined)
export function useWords(): Words {
  const words = useContext(SpokenWords)
  if (!words) throw new Error('no words are loaded yet')
  return words
}
