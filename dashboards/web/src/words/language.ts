export type Language = 'en' | 'zh'

/** The first that is a language of ours by its beginning; `fr` is none, and read as English. */
export const languageAmong = (...asked: (string | null | undefined)[]): Language =>
  asked.find((one) => one)?.startsWith('zh') ? 'zh' : 'en'

/** The reader's language: as the address asks, as it was chosen here, or as the browser's. */
export const language = languageAmong(
  new URLSearchParams(location.search).get('lang'),
  localStorage.getItem('language'),
  navigator.language,
)

/** A vocabulary is loaded when somebody reads it. */
export const vocabularyOf = async (lang: Language) =>
  lang === 'zh' ? (await import('./zh.ts')).zh : (await import('./en.ts')).en
