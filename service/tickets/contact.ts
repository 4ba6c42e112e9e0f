import type { Millis } from '../../core/index.ts'

export const channels = ['telemetry', 'app', 'web', 'hotline', 'phone', 'wechat', 'shop', 'mail', 'fax'] as const
/** Something that a person, or the appliance itself, said of it. */
export interface Contact {
  readonly at: Millis
  readonly channel: (typeof channels)[number]
  readonly by: string
  readonly text: string
  /** Of the question template. */
  readonly symptom?: string
  /** Which fault it speaks for. */
  readonly failureMode?: string
}

const MOST_CONTACTS = 100

/** One more contact; a ticket that was asked about a hundred times keeps the first and the last. */
export const withContact = (known: readonly Contact[] = [], contact: Contact): readonly Contact[] =>
  known.length < MOST_CONTACTS ? [...known, contact] : [...known.slice(0, -1), contact]
