import type { Kind } from '../../catalog/index.ts'
import { type ApplianceEvent, DAY, HOUR, type Millis, type Offset, own } from '../../core/index.ts'
import type { ApplianceContext, DetectionContext } from '../condition/decideCondition.ts'
import { saySimple } from '../condition/decideCondition.ts'
import { UNKNOWN } from '../condition/hypotheses.ts'
import type { FeatureState } from '../features/featureState.ts'
import type { CodeItem, Item } from '../features/item.ts'
import { inWords } from '../words/index.ts'

/** A code that nobody mapped matters when it comes again within so long; one that stays away so long is over. */
const RETURNS_MS = 7 * DAY
/** Codes that are remembered of one appliance. */
const MOST_CODES = 16

/** Its own word for what is wrong. */
export function hearFaultCode(kind: Kind, sense: FeatureState, event: ApplianceEvent, items: Item[]): void {
  const { code, ts, offset } = event
  if (code) heedCode(kind, sense, { code, ts, at: ts, offset, isProgram: false }, items)
}

/** @param said `ts` when it was so, `at` when that was known */
export function heedCode(
  kind: Kind,
  sense: FeatureState,
  said: { code: string; ts: Millis; at: Millis; offset: Offset; isProgram: boolean },
  items: Item[],
): void {
  const { code, ts, at, offset, isProgram } = said
  const mode = modeOf(kind, sense, code)
  const before = sense.codes.find((one) => one.code === code)
  const again = before !== undefined && Math.abs(ts - before.ts) <= RETURNS_MS
  if (before) before.ts = Math.max(before.ts, ts)
  else sense.codes.push({ code, ts })
  if (sense.codes.length > MOST_CODES) sense.codes.shift()
  if (mode === undefined && !again) return
  const muted = ts < sense.mutedUntil
  if (!muted) items.push({ type: 'code', sense, code, mode: mode ?? UNKNOWN, at, offset, isProgram })
}

/** What its model's or its kind's file makes of it. */
const modeOf = (kind: Kind, { model }: FeatureState, code: string): string | undefined =>
  own(own(kind.models, model)?.errorCodes ?? {}, code) ?? own(kind.errorCodes, code)

/** Did a code that means something come about then? */
export const hasSaidWhy = (kind: Kind, sense: FeatureState, ts: Millis): boolean =>
  sense.codes.some((one) => Math.abs(one.ts - ts) <= HOUR && modeOf(kind, sense, one.code) !== undefined)

/** The first opens a condition of the mode, and those that follow keep it open. */
export function emitCode(
  bench: DetectionContext,
  subject: ApplianceContext,
  { code, mode, at, offset, isProgram }: CodeItem,
): void {
  const { judged } = subject
  judged.codes ??= new Map()
  const known = judged.codes.get(mode)
  if (known) {
    known.lastAt = Math.max(known.lastAt, at)
    return
  }
  const condition = { id: `${subject.appliance}/${mode}/code/${at}`, firstSeenAt: at, lastAt: at }
  judged.codes.set(mode, condition)
  const proof = {
    feature: isProgram ? code : `code ${code}`,
    observed: 1,
    unit: '{count}',
    from: at,
    to: at,
    share: 1,
    scale: 'code' as const,
  }
  const more = inWords((words) => (isProgram ? words.programsFail : words.code(code)))
  saySimple(bench, subject, mode, 'confirmed', condition, at, offset, [{ ...proof, expected: [0, 0] }], more)
}

/** Codes that have stayed away are over. */
export function endCodes(bench: DetectionContext, subject: ApplianceContext, now: Millis, offset: number): void {
  for (const [mode, condition] of subject.judged.codes ?? []) {
    if (now - condition.lastAt < RETURNS_MS) continue
    subject.judged.codes?.delete(mode)
    saySimple(bench, subject, mode, 'recovered', condition, condition.lastAt + RETURNS_MS, offset, [])
  }
}
