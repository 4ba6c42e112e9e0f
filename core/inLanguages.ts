import { type Language, languages } from './ids.ts'

/** The field of a language: English has the plain name, each other one its own beside it. */
export type FieldOf<Name extends string> = Name | `${Name}${Capitalize<Exclude<Language, 'en'>>}`
/** How the API answers a text: `why` in English, and beside it `whyZh` in Chinese, and so for each language. */
export type InLanguages<Name extends string, Of = string> = { [Field in FieldOf<Name>]: Of }

/** One field for each language, by what there is in it. The only place that knows how such fields are called. */
export function inLanguages<Name extends string, Of>(
  name: Name,
  of: (language: Language) => Of,
): InLanguages<Name, Of> {
  const fields = languages.map((language) => [fieldOf(name, language), of(language)])
  // A list of names and values has lost which belong together; the names are those of the type.
  return Object.fromEntries(fields) as InLanguages<Name, Of>
}

const fieldOf = (name: string, language: Language): string =>
  language === 'en' ? name : `${name}${language.charAt(0).toUpperCase()}${language.slice(1)}`
