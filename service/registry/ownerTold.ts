import { mailAddressOf, type OwnerTold, Problem, type Registration } from '../../core/index.ts'
import { regionOf } from '../calendar/regionOf.ts'
import { type Placed, zoneOf } from '../calendar/workCalendar.ts'
import type { Policy } from '../policy/policySchema.ts'
import { type Telephone, telephoneOf } from './telephone.ts'

type Owner = NonNullable<Registration['owner']>
type Rules = Pick<Policy, 'timeZone' | 'holidays'>

/** The country whose numbers are written without it: where the appliance stands, else where the desk is. */
const regionWhere = (placed: Placed, rules: Rules): string | undefined =>
  regionOf(zoneOf(placed, rules)) ?? rules.holidays.region ?? undefined

/** An owner as they are told something: every way to them that is known. */
export function ownerTold(owner: Owner, placed: Placed, rules: Rules): OwnerTold {
  const { name, contact, language, wechat } = owner
  const number = owner.phone ?? (mailAddressOf(contact) === undefined ? contact : '')
  const phone: Telephone | undefined = number.trim() ? telephoneOf(number, regionWhere(placed, rules)) : undefined
  return {
    role: 'owner',
    name,
    contact,
    language,
    ...(phone ? { phone: phone.number } : {}),
    ...(phone?.country ? { region: phone.country } : {}),
    ...(wechat ? { wechat } : {}),
  }
}

/**
 * What is entered as a way to somebody is one: an address by its shape, a number by the numbering plan of its country. What
 * was there before stays as it is.
 * @throws Problem `bad-contact`
 */
export function checkContacts(now: Owner | undefined, before: Owner | undefined, placed: Placed, rules: Rules): void {
  for (const field of ['contact', 'phone'] as const) {
    const text = now?.[field]?.trim()
    if (!text || text === before?.[field]?.trim()) continue
    if (field === 'contact' && (text.includes('@') ? mailAddressOf(text) !== undefined : false)) continue
    if (!text.includes('@') && telephoneOf(text, regionWhere(placed, rules))) continue
    throw badContact(field, text.includes('@'))
  }
}

const badContact = (field: string, isMail: boolean): Problem =>
  new Problem({
    code: 'bad-contact',
    message: isMail ? 'The address is no mail address.' : 'The telephone number cannot be one.',
    remedy: isMail
      ? 'Give it as name@example.org.'
      : 'Give it with its country, as +49 151 2345678; without it a number of the country in which the appliance stands is meant.',
    concerns: `owner.${field}`,
    status: 422,
  })
