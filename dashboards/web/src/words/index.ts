import i18next, { type BackendModule } from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'
import type { Text } from '../api.ts'
import type { en } from './en.ts'
import { language, vocabularyOf } from './language.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation'
    resources: { translation: typeof en }
  }
}

/** Two parameters: by their number i18next knows that it answers by a promise. */
const vocabularies: BackendModule = {
  type: 'backend',
  init: () => undefined,
  read: (lng, _namespace) => vocabularyOf(lng),
}

await i18next
  .use(vocabularies)
  .use(initReactI18next)
  .init({
    lng: language,
    // Each is whole, or the build fails: none stands in for another.
    fallbackLng: false,
    interpolation: { escapeValue: false },
  })

export { i18next as i18n }

document.documentElement.lang = i18next.language
i18next.on('languageChanged', (lng) => {
  document.documentElement.lang = lng
  // The owner's page speaks its owner's language; that is no choice of who works here.
  if (!/^\/[hotpr]\//.test(location.pathname)) localStorage.setItem('language', lng)
})

/** Words of the pages by key, and texts of the catalog in the reader's language. */
export function useWords() {
  const { t, i18n } = useTranslation()
  const lang: 'en' | 'zh' = i18n.language === 'zh' ? 'zh' : 'en'
  return { t, lang, say: (text: Text | undefined, otherwise = ''): string => text?.[lang] ?? otherwise, i18n }
}
