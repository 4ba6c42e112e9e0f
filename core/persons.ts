import type { Flavour } from './ids.ts'
import { languages, type Text } from './texts/languages.ts'

/**
 * How a room says that a text is a person's. It marks the text where it makes a row of it; the database seals what is marked
 * under that person's own key before it is written, and opens it when it is read. A text whose key was destroyed is read
 * as nothing. So no room has keys, and no file, write-ahead log or backup has a person's strings.
 *
 * The marks are three characters of Unicode's private use area, which nobody's texts have: they are taken out of them.
 */
export const marks = { begin: '\uE0F0', end: '\uE0F1', middle: '\uE0F2' } as const
const ours = /[\uE0F0-\uE0F2]/g

/** Whose a text is: the one who is reached by a contact, or whoever has an appliance of which no owner is known. */
export type PersonRef = string & Flavour<'person'>

/** The same contact is the same person, of however many appliances. */
export function personOf(appliance: string, owner?: { name: string; contact: string }): PersonRef {
  const contact = owner?.contact.trim().toLowerCase() || owner?.name.trim().toLowerCase()
  return encodeURIComponent((contact ? `contact ${contact}` : `appliance ${appliance}`).toWellFormed())
}

/** A text of theirs, on its way into a column or a JSON that becomes one. */
export const personal = (of: PersonRef, text: string): string =>
  text === '' ? '' : `${marks.begin}=${of}${marks.middle}${text.replace(ours, '')}${marks.end}`

/** In the place of a text by which rows are found: the same for the same person, and it says nothing of them. What is read in its place stands for them as well. */
export const pseudonymOf = (of: PersonRef): string => `${marks.begin}#${of}${marks.end}`

/** Keys of JSON below which a text is a person's own words. */
const words = new Set(['words', 'note', 'outcome'])

/**
 * Marks what is personal in a value that becomes JSON: names and contacts of owners, and what people wrote. What the product
 * says of its own stays. Pure; the value is not changed.
 */
export function markPersonal<T>(of: PersonRef, value: T, key = ''): T {
  return mark(of, value, key) as T
}

function mark(of: PersonRef, value: unknown, key: string): unknown {
  if (typeof value === 'string') {
    if (words.has(key)) return personal(of, value)
    return key === 'by' && value.startsWith('owner ') ? `owner ${personal(of, value.slice(6))}` : value
  }
  if (Array.isArray(value)) {
    // Numbers are nobody's words.
    if (typeof value[0] === 'number') return value
    return value.map((one) => mark(of, key === 'contacts' ? all(of, one, said) : one, key === 'contacts' ? '' : key))
  }
  if (typeof value !== 'object' || value === null) return value
  if (key === 'owner' || key === 'to') return all(of, value, called)
  if (key === 'rating') return all(of, value, said)
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mark(of, one, name)]))
}

const called: ReadonlySet<string> = new Set(['name', 'contact', 'phone', 'wechat'])
const said: ReadonlySet<string> = new Set(['text'])
/** Marks these texts of an object. */
const all = (of: PersonRef, value: unknown, names: ReadonlySet<string>): unknown =>
  typeof value !== 'object' || value === null
    ? value
    : Object.fromEntries(
        Object.entries(value).map(([name, one]) => [
          name,
          names.has(name) && typeof one === 'string' ? personal(of, one) : one,
        ]),
      )

/** Marks every language of a text that a person wrote, or that quotes them. */
export const personalText = <T extends Text>(of: PersonRef, text: T): T => {
  const marked = languages.flatMap((language) => {
    const said = text[language]
    return said === undefined ? [] : [[language, personal(of, said)] as const]
  })
  return { ...text, ...Object.fromEntries(marked) }
}
