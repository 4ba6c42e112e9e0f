import type { Kind, QuestionSpec } from '../../catalog/index.ts'
import type { Alert } from '../../core/index.ts'
import { type Weighed, weighVisit } from '../dispatch/weighVisit.ts'
import type { Policy } from '../policy/policySchema.ts'
import { guideFor } from '../remote/guides.ts'
import { type Belief, revised } from './revise.ts'

/** What an owner says to a question: yes, no, or that they cannot tell. */
export const ownerAnswers = ['yes', 'no', 'unsure'] as const
export type OwnerAnswer = (typeof ownerAnswers)[number]
export type OwnerAnswers = Readonly<Record<string, OwnerAnswer>>

/** Answers that come less often than this, by what is believed, are no reason to ask. */
const LEAST_LIKELY = 0.05
/** From this probability on the leading cause is one that its owner may mend by a guide. */
export const GUIDE_FROM = 0.5
const MOST_QUESTIONS = 2
/** An answer that is expected to tell less is not asked for. */
const LEAST_BITS = 0.01

type Asked = Pick<Kind, 'kind' | 'failureModes' | 'questions'>
type Found = Pick<Alert, 'confidence' | 'hypotheses' | 'remainingLife' | 'severity'>

const yesOf = ({ sound, shows }: QuestionSpec, mode: string | undefined): number =>
  (mode !== undefined && Object.hasOwn(shows, mode) ? shows[mode] : undefined) ?? sound

const modesOf = ({ failureModes }: Asked): string[] => Object.keys(failureModes)

/** Bits that are not known of something with this chance. */
const doubt = (p: number): number => (p <= 0 || p >= 1 ? 0 : -(p * Math.log2(p) + (1 - p) * Math.log2(1 - p)))
/** The mean over a sound one and every mode, as far as each is believed; what is said of no mode is as of a sound one. */
const expected = ({ real, hypotheses }: Belief, of: (mode: string | undefined) => number): number => {
  const told = hypotheses.reduce((sum, { probability }) => sum + probability, 0)
  const share = real / Math.max(1, told)
  const faulty = hypotheses.reduce(
    (sum, { failureMode, probability }) => sum + probability * share * of(failureMode),
    0,
  )
  return faulty + (1 - told * share) * of(undefined)
}

/** The questions whose answers are expected to tell most (mutual information), two at most; none that tells nothing. Pure. */
export function questionsFor({ questions }: Pick<Asked, 'questions'>, belief: Belief): string[] {
  const tells = (spec: QuestionSpec): number =>
    doubt(expected(belief, (mode) => yesOf(spec, mode))) - expected(belief, (mode) => doubt(yesOf(spec, mode)))
  return Object.entries(questions)
    .map(([id, spec]) => ({ id, bits: tells(spec) }))
    .filter(({ bits }) => bits > LEAST_BITS)
    .sort((a, b) => b.bits - a.bits || (a.id < b.id ? -1 : 1))
    .slice(0, MOST_QUESTIONS)
    .map(({ id }) => id)
}

/** What answers make of what was believed; who cannot tell, or was not asked, says nothing. Pure. */
export const afterAnswers = (kind: Asked, answers: OwnerAnswers, before: Belief): ReturnType<typeof revised> =>
  revised(before, modesOf(kind), (mode) => {
    let sum = 0
    for (const [id, answer] of Object.entries(answers)) {
      const spec = Object.hasOwn(kind.questions, id) ? kind.questions[id] : undefined
      if (!spec || answer === 'unsure') continue
      sum += Math.log(answer === 'yes' ? yesOf(spec, mode) : 1 - yesOf(spec, mode))
    }
    return sum
  })

/** Where answers lead to: nobody needs to come now, its owner may mend it, or a visit is offered. Pure. */
export function outcomeOf(
  kind: string,
  { hypotheses: [leading] }: Belief,
  { act }: Pick<Weighed, 'act'>,
  rules: Policy,
): 'wait' | 'guide' | 'offer' {
  if (!act) return 'wait'
  const mends =
    leading && leading.probability >= GUIDE_FROM && guideFor({ kind, failureMode: leading.failureMode }, rules)
  return mends ? 'guide' : 'offer'
}

/**
 * What an owner is asked before a visit is offered: where it can wait that long, and where some of the answers that may well
 * come would spare the visit or lead to a guide that would not be shown else. Undefined: nothing that they say would change
 * what is done. Pure.
 */
export function checkFor(kind: Asked, alert: Found, weighed: Weighed, rules: Policy): string[] | undefined {
  const { isOn, waitHours } = rules.ownerCheck
  if (!isOn || weighed.urgent || weighed.withinHours < waitHours) return undefined
  const before = { real: alert.confidence, hypotheses: alert.hypotheses }
  const questions = questionsFor(kind, before)
  const now = outcomeOf(kind.kind, before, weighed, rules)
  const changes = combinations(questions).some((answers) => {
    if (chanceOf(kind, answers, before) < LEAST_LIKELY) return false
    const after = afterAnswers(kind, answers, before)
    const then = weighVisit({ ...alert, confidence: after.real, hypotheses: after.hypotheses }, rules)
    const outcome = outcomeOf(kind.kind, after, then, rules)
    return outcome !== now && outcome !== 'offer'
  })
  return changes ? questions : undefined
}

const combinations = (questions: readonly string[]): OwnerAnswers[] =>
  questions.reduce<OwnerAnswers[]>(
    (all, id) => all.flatMap((answers) => (['yes', 'no'] as const).map((answer) => ({ ...answers, [id]: answer }))),
    [{}],
  )

/** How probable such answers are by what is believed; each apart from the other. Pure. */
const chanceOf = ({ questions }: Asked, answers: OwnerAnswers, belief: Belief): number =>
  expected(belief, (mode) =>
    Object.entries(answers).reduce((product, [id, answer]) => {
      const spec = questions[id]
      const yes = spec ? yesOf(spec, mode) : 0.5
      return product * (answer === 'yes' ? yes : 1 - yes)
    }, 1),
  )
