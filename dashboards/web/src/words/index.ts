import { createContext, createElement, type ReactNode, useContext, useSyncExternalStore } from 'react'
import type { Text } from '../api.ts'
import { type Language, language, vocabularyOf } from './language.ts'
import { type Translate, translate } from './translate.ts'

interface Words {
  /** A word of the pages by its key. */
  t: Translate
  lang: Language
  /** A text of the catalog in the reader's language. */
  say(text: Text | undefined, otherwise?: string): string
}

const spokenIn = async (lang: Language): Promise<Words> => ({
  t: translate(await vocabularyOf(lang), lang),
  lang,
  say: (text, otherwise = '') => text?.[lang] ?? text?.en ?? otherwise,
})

let spoken = await spokenIn(language)
document.documentElement.lang = language
const listeners = new Set<() => void>()

/** From now on all pages speak it. */
export async function speak(lang: Language): Promise<void> {
  spoken = await spokenIn(lang)
  document.documentElement.lang = lang
  // The owner's page speaks its owner's language; that is no choice of who works here.
  if (!/^\/[hotpr]\//.test(location.pathname)) localStorage.setItem('language', lang)
  for (const listener of listeners) listener()
}
const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

const Spoken = createContext(spoken)
/** Gives the words to all that stands inside. */
export function SpokenWords({ children }: { children: ReactNode }) {
  return createElement(Spoken, { value: useSyncExternalStore(subscribe, () => spoken) }, children)
}
/** Words of the pages by key, and texts of the catalog in the reader's language. */
export const useWords = (): Words => useContext(Spoken)
