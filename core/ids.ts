import { z } from 'zod'
import { type FurtherLanguage, type Language, languages } from './texts/languages.ts'

/** Ids of appliances and gateways share one name space, because they share MQTT's client ids. */
export const idPattern = /^[A-Za-z0-9_-]{1,64}$/
export const idSchema = z.string().regex(idPattern, 'must be 1 to 64 characters of A-Z a-z 0-9 _ -')

/**
 * Ids of what the desk deals with are brands: two of them side by side cannot change places. These schemas make them, of what
 * comes in from outside and of what was kept in columns; nobody casts one (`npm run check`).
 */
export const ticketIdSchema = z.string().max(128).brand<'ticket'>()
export type TicketId = z.infer<typeof ticketIdSchema>
export const engineerIdSchema = idSchema.brand<'engineer'>()
export type EngineerId = z.infer<typeof engineerIdSchema>
export const alertIdSchema = z.string().max(128).brand<'alert'>()
export type AlertId = z.infer<typeof alertIdSchema>
/** Devices name themselves, on every topic: any text may stand for one, and no other id. */
export type ApplianceId = string & Flavour<'appliance'>
/** Where a brand is that one need not have: another brand, or flavour, in its place does not pass. */
export type Flavour<Of extends string> = { readonly [z.$brand]?: { readonly [K in Of]: true } }
export type PartId = string

/**
 * A text that a person writes or a file has, in the languages served: English and Chinese always; one of the others may be
 * missing, and then English stands in its place.
 */
export const textOf = <S extends z.ZodType<string>>(one: S) => z.object({ en: one, zh: one, ...further(one) })
function further<S extends z.ZodType<string>>(one: S): Record<FurtherLanguage, z.ZodOptional<S>> {
  const rest = languages.filter((language) => language !== 'en' && language !== 'zh')
  // A list of names and values has lost that it has every name; it was made of all of them.
  return Object.fromEntries(rest.map((language) => [language, one.optional()])) as Record<
    FurtherLanguage,
    z.ZodOptional<S>
  >
}
/** A text that has to be there in every language. */
export const everyTextOf = <S extends z.ZodType>(one: S) =>
  // As in `everyText`: it was made of all of them.
  z.object(Object.fromEntries(languages.map((language) => [language, one])) as Record<Language, S>)
export const anyText = textOf(z.string())

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
