import type { Language } from '../core/index.ts'
import { de } from './de.ts'
import { en } from './en.ts'
import { deNames } from './names/de.ts'
import { enNames } from './names/en.ts'
import { zhNames } from './names/zh.ts'
import type { Names, Words } from './words.ts'
import { zh } from './zh.ts'

/** The files of each language that is served; without those of one it does not compile. */
export const languageOf: Record<Language, { says: Words; names: Names }> = {
  en: { says: en, names: enNames },
  zh: { says: zh, names: zhNames },
  de: { says: de, names: deNames },
}
