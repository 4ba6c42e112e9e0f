import { markPersonal, type PersonRef, personalText, type Text, type Ticket } from '../../../core/index.ts'

/** What was noticed, and what is made of it, are an owner's words where one reported it. */
const owned = (source: Ticket['source']): boolean => source === 'reported' || source === 'recall'

/** Marks what is personal in a ticket, or in the part of one that changed. Pure. */
export function markTicket<T extends object>(of: PersonRef, source: Ticket['source'], part: T): T {
  const marked: T & { noticed?: Text; diagnosis?: Text } = markPersonal(of, part)
  if (!owned(source)) return marked
  const { noticed, diagnosis } = marked
  return {
    ...marked,
    ...(noticed ? { noticed: personalText(of, noticed) } : {}),
    ...(diagnosis ? { diagnosis: personalText(of, diagnosis) } : {}),
  }
}
