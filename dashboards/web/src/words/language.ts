/** The reader's language: as the address asks, as it was chosen here, or as the browser's. */
const asked = new URLSearchParams(location.search).get('lang') ?? localStorage.getItem('language')
export const language: 'en' | 'zh' = (asked ?? navigator.language).startsWith('zh') ? 'zh' : 'en'

/** A vocabulary is loaded when somebody reads it. */
export const vocabularyOf = async (lang: string) =>
  lang === 'zh' ? (await import('./zh.ts')).zh : (await import('./en.ts')).en
