import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { anyText, own, Problem, recordOf } from '../../core/index.ts'

const name = z.string().regex(/^[a-z0-9-]{1,60}$/)
/** A question to the caller, perhaps with an article to try together; or an end. */
const node = z.union([
  z.object({
    ask: anyText,
    article: name.optional(),
    answers: z
      .array(z.object({ id: name, text: anyText, next: name }))
      .min(2)
      .max(8),
  }),
  z.object({ end: z.enum(['solved', 'guide', 'ticket']), article: name.optional(), failureMode: name.optional() }),
])
const tree = z.object({ start: name, nodes: recordOf(name, node) })
export type DiagnosisNode = z.infer<typeof node>
export type DiagnosisTree = z.infer<typeof tree>

/** What is asked on the telephone, by kind: data, `diagnosisTrees.json`. A kind without one is asked by the template. */
export const readTrees = (): Readonly<Record<string, DiagnosisTree>> =>
  recordOf(name, tree).parse(JSON.parse(readFileSync(new URL('./diagnosisTrees.json', import.meta.url), 'utf8')))

/**
 * Where an answer leads. Pure. @throws Problem `no-such-answer`
 * @param at the node that is being asked
 */
export function answered(tree: DiagnosisTree, at: string, answer: string): { id: string; node: DiagnosisNode } {
  const asked = own(tree.nodes, at)
  const chosen = asked && 'ask' in asked ? asked.answers.find(({ id }) => id === answer) : undefined
  const next = chosen && own(tree.nodes, chosen.next)
  if (chosen && next) return { id: chosen.next, node: next }
  const possible = asked && 'ask' in asked ? asked.answers.map(({ id }) => id) : []
  throw new Problem({
    code: 'no-such-answer',
    message: `'${answer}' is no answer to '${at}'.`,
    remedy: possible.length > 0 ? `Answer one of ${possible.join(', ')}.` : 'This diagnosis has ended; begin another.',
    concerns: 'answer',
    status: 422,
  })
}
