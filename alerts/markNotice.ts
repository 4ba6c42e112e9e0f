import {
  type Job,
  languages,
  markPersonal,
  type Notice,
  type PersonRef,
  personal,
  personalText,
  personOf,
  pseudonymOf,
} from '../core/index.ts'

/** Whom they reach, or whose words they quote. */
const personIn = ({ to, appliance = '', quoted }: Notice): PersonRef =>
  to.role === 'owner' ? personOf(appliance, to) : (quoted ?? personOf(appliance))
export const recipientOf = (notice: Notice): string => {
  const { to } = notice
  if (to.role === 'desk') return 'desk'
  return to.role === 'staff' ? `staff:${to.id}` : `owner:${pseudonymOf(personIn(notice))}`
}
/** As it is kept: what an owner is told, and whatever quotes one, is that owner's. */
export function kept(notice: Notice): string {
  const { quoted: _, ...rest } = notice
  const of = personIn(notice)
  const isTheirs = notice.to.role === 'owner' || notice.quotes
  return JSON.stringify({
    ...markPersonal(of, rest),
    // Who works here is no owner: how they are reached stands on the page of who is on call.
    ...(notice.to.role === 'staff' ? { to: notice.to } : {}),
    ...(notice.quotes ? { quoted: pseudonymOf(of) } : {}),
    ...(isTheirs ? { title: personalText(of, notice.title), body: personalText(of, notice.body) } : {}),
  })
}

/** Its texts, where they are a person's. */
export function markJob(job: Job, notice: Notice): Job {
  if (notice.to.role !== 'owner' && !notice.quotes) return job
  const of = personIn(notice)
  return { ...job, body: markTexts(of, job.body, '') as Job['body'] }
}
/** All that is said, and to whom; ids and keys stay. */
const saidIn = new Set(['to', 'name', 'contact', 'subject', 'text', 'title', 'body', ...languages])
function markTexts(of: PersonRef, value: unknown, key: string): unknown {
  if (typeof value === 'string') return saidIn.has(key) ? personal(of, value) : value
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, markTexts(of, one, name)]))
}

/** Without what stands for a person. */
export const shownOf = ({ quoted: _, template: _facts, ...notice }: Notice): Notice => notice
