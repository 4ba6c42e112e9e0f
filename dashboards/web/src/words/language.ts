import type { Language } from '../../../../core/index.ts'
import type { Vocabulary } from './en.ts'

export type { Language }

interface Spoken {
  /** As it calls itself. */
  name: string
  /** How numbers and times are written. */
  locale: string
  /** How zones are called: where no short names are known, by long ones. */
  zone: 'short' | 'longGeneric'
  /** A vocabulary is loaded when somebody reads it. */
  vocabulary: () => Promise<Vocabulary>
}
/** Every language that is served; without its line here it does not compile. */
const spoken: Readonly<Record<Language, Spoken>> = {
  en: { name: 'English', locale: 'en-GB', zone: 'short', vocabulary: async () => (await import('./en.ts')).en },
  zh: { name: '中文', locale: 'zh-CN', zone: 'longGeneric', vocabulary: async () => (await import('./zh.ts')).zh },
  de: { name: 'Deutsch', locale: 'de-DE', zone: 'short', vocabulary: async () => (await import('./de.ts')).de },
}
export const languages = Object.keys(spoken) as Language[]
export const nameOfLanguage = (of: Language): string => spoken[of].name
export const localeOf = (lang: Language): string => spoken[lang].locale
export const zoneStyleOf = (lang: Language): Spoken['zone'] => spoken[lang].zone
export const vocabularyOf = (lang: Language): Promise<Vocabulary> => spoken[lang].vocabulary()

/** In these a text is always written; in another one it may be, and is read in English where it is not. */
export const isAlwaysWritten = (of: Language): boolean => of === 'en' || of === 'zh'
/** What stands in a field of a form for it; one that may be empty is left out. */
export const written = (of: Language, words: string): string | undefined =>
  words === '' && !isAlwaysWritten(of) ? undefined : words

/** What a language is called in another one: `German`, `德语`. */
export const languageIn = (lang: Language, of: Language): string =>
  new Intl.DisplayNames(lang, { type: 'language' }).of(of) ?? of

/** The first that is a language of ours by its beginning; `fr` is none, and read as English. */
export function languageAmong(...asked: (string | null | undefined)[]): Language {
  const first = asked.find((one) => one)
  return languages.find((one) => first?.startsWith(one)) ?? 'en'
}

/** The reader's language: as the address asks, as it was chosen here, or as the browser's. */
export const language = languageAmong(
  new URLSearchParams(location.search).get('lang'),
  localStorage.getItem('language'),
  navigator.language,
)
