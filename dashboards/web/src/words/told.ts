import type { InLanguages, Language } from '../../../../core/index.ts'

/** How core's `inLanguages` ends the names of its fields. */
const ends = { en: '', zh: 'Zh', de: 'De' } as const satisfies Record<Language, string>

/** A text that the API answers once for each language (`why`, `whyZh`), in the reader's. */
export const told = <Name extends string, Of extends Partial<InLanguages<`${Name}`, unknown>>>(
  of: Of,
  name: Name,
  lang: Language,
) => of[`${name}${ends[lang]}` as const]
