import type { Contact, StoredTicket } from '../tickets/storedTicket.ts'

const MOST_CONTACTS = 100

/** Adds a contact; a ticket that was asked about a hundred times keeps the first and the last. */
export function addContact(ticket: StoredTicket, contact: Contact): void {
  const known = ticket.contacts ?? []
  ticket.contacts = known.length < MOST_CONTACTS ? [...known, contact] : [...known.slice(0, -1), contact]
}
