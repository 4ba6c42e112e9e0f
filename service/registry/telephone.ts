import { createRequire } from 'node:module'

// Numbers of the whole world are a table of some 100 KB: read when the first number is asked for.
const load = createRequire(import.meta.url)
type Library = typeof import('libphonenumber-js/min')
let library: Library | undefined

export interface Telephone {
  /** E.164: `+4915112345678` */
  number: string
  /** ISO 3166-1; absent for numbers of no country, and of several. */
  country?: string
}

/**
 * A telephone number as somebody wrote it; undefined where it can be none.
 * @param region the country whose numbers are written without it
 */
export function telephoneOf(text: string, region: string | undefined): Telephone | undefined {
  library ??= load('libphonenumber-js/min') as Library
  const { isSupportedCountry, parsePhoneNumberFromString } = library
  const country = region !== undefined && isSupportedCountry(region) ? region : undefined
  const parsed = parsePhoneNumberFromString(text, country)
  if (!parsed?.isPossible()) return undefined
  return { number: parsed.number, ...(parsed.country ? { country: parsed.country } : {}) }
}
