import type { UnitOfWork } from './database.ts'
import type { PersonRef } from './persons.ts'
import type { Millis } from './running/time.ts'
import type { Language, Text } from './texts/languages.ts'

/** Ways on which an owner can be told something. */
export const ownerWays = ['wechat', 'push', 'mail', 'sms', 'voice'] as const
export type OwnerWay = (typeof ownerWays)[number]

/** Where somebody is reached, as far as it is known. */
export interface Reach {
  /** `a@example.org` */
  mail?: string
  /** E.164 */
  phone?: string
  /** The open id of a follower of the WeChat account. */
  wechat?: string
}

const bareAddress = /^[^\s@<>,;"]+@[^\s@<>,;"]+$/
const namedAddress = /<([^\s@<>,;"]+@[^\s@<>,;"]+)>\s*$/

/** The mail address within what somebody gave as their contact: `a@example.org`, `Ada <a@example.org>`; undefined where there is none. */
export function mailAddressOf(contact: string): string | undefined {
  const text = contact.trim()
  return bareAddress.test(text) ? text : namedAddress.exec(text)?.[1]
}

/** An owner as they are told something: by mail where their contact is an address, and by what else is known of them. */
export interface OwnerTold extends Pick<Reach, 'phone' | 'wechat'> {
  role: 'owner'
  name: string
  contact: string
  language: Language
  /** The country of their number, ISO 3166-1. */
  region?: string
}

/** Somebody of the staff who is called by name. */
export interface StaffTold extends Omit<OwnerTold, 'role'> {
  role: 'staff'
  id: string
}

/** What one person or desk is told of one event, in their words. */
export interface Notice {
  /** One for each event and recipient: a repeat is nothing. */
  key: string
  to: { role: 'desk' } | OwnerTold | StaffTold
  title: Text
  body: Text
  at: Millis
  /** It can wait: nobody is disturbed before then. The inbox has it at once; mail and push wait. */
  pushFrom?: Millis
  appliance?: string
  ticket?: string
  alert?: string
  /** Path below PUBLIC_URL, of a page of the desk. */
  link?: string
  /** The ticket whose page the owner is shown the way to. The link itself is made when a mail leaves, and kept nowhere. */
  ownersPage?: string
  /** What a carrier's own template is filled with: which news it is, and the facts of it. */
  template?: { name: string; params: Readonly<Record<string, string | Text>> }
  /** Its body has a person's own words: they stay in the house, and go when that person does. */
  quotes?: true
  /** Whose words. */
  quoted?: PersonRef
  /** By these ways alone; absent: by those of the policy. */
  ways?: readonly OwnerWay[]
  /** Whom it is for wants no messages: it stands in the inbox, and nothing leaves the house for it. */
  quiet?: true
}

/** Tells people, from inside the transaction of what they are told of. */
export interface Announcer {
  /** A notice whose key was ever there is a repeat, and nothing. */
  announce(tx: UnitOfWork, ...notices: Notice[]): Promise<void>
  /** What of these notices is still on its way is not sent; what has arrived has. */
  withdraw(tx: UnitOfWork, keys: readonly string[]): Promise<void>
  /** What owners were told of this appliance is forgotten, and what is on its way to them is not sent. */
  forget(tx: UnitOfWork, appliance: string): Promise<void>
}
