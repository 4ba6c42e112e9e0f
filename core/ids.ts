import { z } from 'zod'

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

/** The words of a text that owners and engineers read, one for each language served. */
export interface Text {
  en: string
  zh: string
}
export const bothTexts = z.object({ en: z.string(), zh: z.string() })
export const languages = ['en', 'zh'] as const
export type Language = (typeof languages)[number]

/** A text in the language of who reads it. */
export const say = (text: Text, language: Language): string => text[language]

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
