/** The languages that are served. Where a language has files of its own, the compiler asks for those of each of these. */
export const languages = ['en', 'zh', 'de'] as const
export type Language = (typeof languages)[number]
export type FurtherLanguage = Exclude<Language, 'en' | 'zh'>

/** How numbers and times are written in it, and how it is read out. */
export const locales: Readonly<Record<Language, { written: string; spoken: string }>> = {
  en: { written: 'en-GB', spoken: 'en-GB' },
  zh: { written: 'zh-CN', spoken: 'cmn-CN' },
  de: { written: 'de-DE', spoken: 'de-DE' },
}

/** What the product itself says: every language has it. */
export type EveryText = Record<Language, string>
/** The words of a text that owners and engineers read: in English and Chinese always, in the others where somebody wrote them. */
export type Text = Record<'en' | 'zh', string> & { [L in FurtherLanguage]?: string | undefined }

/** A text in the language of who reads it; in English where it has not been written in theirs. */
export const say = (text: Text, language: Language): string => text[language] ?? text.en

/** What is said in each language, one by one. */
export const everyText = (of: (language: Language) => string): EveryText =>
  // A list of names and values has lost that it has every name; it was made of all of them.
  Object.fromEntries(languages.map((language) => [language, of(language)])) as EveryText

/** A name, or words of a person: the same to whoever reads them. */
export const sameText = (words: string): EveryText => everyText(() => words)
