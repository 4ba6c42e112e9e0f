import type { InLanguages, Language } from '../../../../core/index.ts'

/** A text that the API answers once for each language (`why`, `whyZh`), in the reader's. A further language does not compile. */
export const told = <Name extends string, Of extends Partial<InLanguages<Name, unknown>>>(
  of: Of,
  name: Name,
  lang: Language,
) => ({ en: of[name], zh: of[`${name}Zh` as const] })[lang]
