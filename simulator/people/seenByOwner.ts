import type { Kind } from '../../catalog/index.ts'
import type { SeededRandom } from '../../core/index.ts'

/** The questions to owners of a kind. */
export type QuestionsOf = (kind: string) => Kind['questions']

/** One answer of ten is wrong, or was not looked for. */
const WRONG = 0.1

/** What an owner says to a question: what the fault that there truly is shows, or what a sound one does; some are wrong. */
export function seenBy(
  question: Kind['questions'][string] | undefined,
  mode: string | undefined,
  random: SeededRandom,
): 'yes' | 'no' | 'unsure' {
  const [seen, wrong] = [random.next(), random.next()]
  if (!question) return 'unsure'
  const yes = (mode === undefined ? undefined : question.shows[mode]) ?? question.sound
  return seen < yes === wrong >= WRONG ? 'yes' : 'no'
}
