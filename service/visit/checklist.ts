import { type ByName, byName, jobTypeOf, own, Problem } from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { Ticket } from '../tickets/ticket.ts'
import type { Answer, JobType } from './answer.ts'

type Item = Policy['checklists']['repair'][number]

/** What the policy says of a job that repairs nothing; undefined: it is one of a fault, an installation or a look. */
export const jobTypeFor = (
  job: JobType | undefined,
  { jobTypes }: Pick<Policy, 'jobTypes'>,
): Policy['jobTypes'][number] | undefined => jobTypes.find(({ id }) => id === job)

/** @throws Problem `unknown-job`: neither a job of a fault, nor a type that the policy has for this kind */
export function requireJob(job: JobType | undefined, kind: string, rules: Pick<Policy, 'jobTypes'>): void {
  if (job === undefined || job === 'repair' || job === 'installation' || job === 'inspection') return
  const fits = rules.jobTypes.filter(({ kinds }) => kinds.length === 0 || kinds.includes(kind)).map(({ id }) => id)
  if (fits.includes(job)) return
  throw new Problem({
    code: 'unknown-job',
    message: `There is no job '${job}' of a ${kind}.`,
    remedy: `Use one of repair, installation, inspection, ${fits.join(', ')}.`,
    concerns: 'job',
    status: 422,
  })
}

/** Its card; of a type that is no more in the policy: a repair's. */
export const itemsOf = (job: JobType, rules: Pick<Policy, 'checklists' | 'jobTypes'>): Item[] =>
  jobTypeFor(job, rules)?.checklist ?? own<Item[]>(rules.checklists, job) ?? rules.checklists.repair

/** `safetyTest` and `safety-test` are the same item. */
const codeOf = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
const no = new Set(['failed', 'no', 'false', 'not ok', ''])

function answerOf(value: unknown): Answer {
  if (typeof value === 'boolean') return { ok: value }
  if (typeof value === 'object' && value !== null) {
    const { ok, note, evidence } = value as { ok?: unknown; note?: unknown; evidence?: unknown }
    return {
      ok: ok === true,
      ...(typeof note === 'string' && note ? { note } : {}),
      ...(typeof evidence === 'string' && evidence ? { evidence } : {}),
    }
  }
  const text = String(value)
  return no.has(text.toLowerCase()) ? { ok: false } : { ok: true, note: text }
}

/**
 * What the engineer says of the 1 + 5 things of a visit. Pure.
 * @throws Problem `checklist-incomplete`, which names what is missing: a visit cannot end without it
 */
export function checkAnswers(ticket: string, items: Item[], given: Record<string, unknown>): Record<string, Answer> {
  const answers: ByName<Answer> = byName()
  for (const [key, value] of Object.entries(given)) {
    const code = codeOf(key)
    if (items.some((item) => item.code === code)) answers[code] = answerOf(value)
  }
  const missing = items.filter(({ code, mandatory, evidence }) => {
    const answer = answers[code]
    return answer ? evidence !== undefined && answer.ok && !answer.evidence : mandatory
  })
  if (missing.length > 0) {
    throw new Problem({
      code: 'checklist-incomplete',
      message: `The visit cannot end: ${missing.map(({ code, evidence }) => (evidence ? `${code} (${evidence})` : code)).join(', ')} not answered.`,
      remedy: 'Answer each item that is marked *; where a photo or a scan is asked for, add it.',
      concerns: ticket,
      status: 422,
    })
  }
  return answers
}

/**
 * What was scanned must be a part of this kind: its code, alone or with a serial behind a slash; several between commas.
 * @returns the parts, each once @throws Problem `no-such-part`
 */
export function scannedParts(
  ticket: string,
  items: readonly Item[],
  answers: Readonly<Record<string, Answer>>,
  known: Readonly<Record<string, unknown>>,
): string[] {
  const scans = items
    .filter(({ code, evidence }) => evidence === 'scan' && code === ORIGINAL)
    .flatMap(({ code }) => answers[code]?.evidence?.split(',') ?? [])
  const parts = scans.map((scan) => scan.trim().split('/')[0]?.toLowerCase() ?? '')
  const wrong = parts.find((part) => !Object.hasOwn(known, part))
  if (wrong === undefined) return [...new Set(parts)]
  throw new Problem({
    code: 'no-such-part',
    message: `'${wrong}' was scanned, which is the code of no part of this appliance.`,
    remedy: `Scan the code on the package of the part; known are ${Object.keys(known).join(', ')}.`,
    concerns: ticket,
    status: 422,
  })
}
const ORIGINAL = 'original-parts'

/** Where the policy asks for original parts each one that was fitted was scanned. @throws Problem `not-scanned` */
export function requireScanned(
  ticket: Pick<Ticket, 'id' | 'source' | 'job' | 'visit'>,
  fitted: readonly string[],
  rules: Policy,
  known: Readonly<Record<string, unknown>>,
): void {
  if (!rules.originalParts) return
  const scanned = scannedParts(
    ticket.id,
    itemsOf(jobTypeOf(ticket), rules),
    ticket.visit.checklist?.answers ?? {},
    known,
  )
  const missing = fitted.filter((part) => !scanned.includes(part))
  if (missing.length === 0) return
  throw new Problem({
    code: 'not-scanned',
    message: `${missing.join(', ')}: fitted, and not scanned. Original parts alone are fitted here.`,
    remedy: 'Scan the code of each part on the card of the visit.',
    concerns: ticket.id,
    status: 422,
  })
}

/** Where the owner says no to what the engineer ticked. */
export const contradictions = (answers: Record<string, Answer>, ticks: Record<string, boolean>): string[] =>
  Object.entries(ticks)
    .filter(([code, ticked]) => !ticked && answers[code]?.ok === true)
    .map(([code]) => code)
