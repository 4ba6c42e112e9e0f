import { type ByName, byName, Problem } from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { Ticket } from '../tickets/ticket.ts'
import type { Answer, JobType } from './answer.ts'

type Item = Policy['checklists'][JobType][number]

export const jobOf = ({ source, job }: Pick<Ticket, 'source' | 'job'>): JobType =>
  job ?? (source === 'safety' || source === 'inspection' ? source : 'repair')

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

/** Where the owner says no to what the engineer ticked. */
export const contradictions = (answers: Record<string, Answer>, ticks: Record<string, boolean>): string[] =>
  Object.entries(ticks)
    .filter(([code, ticked]) => !ticked && answers[code]?.ok === true)
    .map(([code]) => code)
