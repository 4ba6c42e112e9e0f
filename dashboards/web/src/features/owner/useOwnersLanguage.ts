import { useEffect } from 'react'
import { speak } from '../../words/index.ts'
import { languageAmong } from '../../words/language.ts'

/** A page opened by a link speaks its owner's language, unless another one is asked for in the address; nothing is remembered. */
export function useOwnersLanguage(language: string | undefined): void {
  useEffect(() => {
    if (language && !new URLSearchParams(location.search).has('lang')) void speak(languageAmong(language))
  }, [language])
}
