import { type Appliance, DAY, isOfFault, type Millis, Problem, poissonTail } from '../../core/index.ts'
import type { Facts } from './facts.ts'

/** What a change was made to: all of a kind, or one model, batch or firmware of it. */
export interface Change {
  kind: string
  failureMode: string
  at: Millis
  days: number
  model?: string | undefined
  batch?: string | undefined
  firmware?: string | undefined
}
export interface Exposure {
  failures: number
  applianceYears: number
  rate: number | null
}
/** A ratio of two rates with its 95 % interval; null while one of them cannot be told. */
export type RateRatio = { ratio: number; interval: [number, number] } | null

const Z95 = 1.96
const round = (value: number): number => Math.round(1_000 * value) / 1_000

/** After ÷ before, by the log-normal interval with half a failure more on each side. Source: Rothman, Modern Epidemiology. Pure. */
export function rateRatio(before: Exposure, after: Exposure): RateRatio {
  if (before.applianceYears <= 0 || after.applianceYears <= 0) return null
  const [b, a] = [before.failures + 0.5, after.failures + 0.5]
  const log = Math.log(a / after.applianceYears) - Math.log(b / before.applianceYears)
  return ratioOf(log, Math.sqrt(1 / a + 1 / b))
}

/** The change's ratio ÷ that of what was not changed: what happened to everybody falls out. Pure. */
export function ratioOfRatios(changed: [Exposure, Exposure], others: [Exposure, Exposure]): RateRatio {
  const [own, other] = [rateRatio(...changed), rateRatio(...others)]
  if (!own || !other) return null
  const variance = [...changed, ...others].reduce((sum, { failures }) => sum + 1 / (failures + 0.5), 0)
  return ratioOf(Math.log(own.ratio) - Math.log(other.ratio), Math.sqrt(variance))
}

const ratioOf = (log: number, deviation: number): RateRatio => ({
  ratio: round(Math.exp(log)),
  interval: [round(Math.exp(log - Z95 * deviation)), round(Math.exp(log + Z95 * deviation))],
})

const isOf =
  (of: Change) =>
  (one: Appliance): boolean =>
    one.kind === of.kind &&
    (!of.model || one.model === of.model) &&
    (!of.batch || one.batch === of.batch) &&
    (!of.firmware || one.firmware === of.firmware)

/** Where nothing has the name, zeros would say that the change did nothing. @throws Problem `unknown-cohort` */
export function requireChanged(appliances: readonly Appliance[], of: Change): void {
  const named = (['model', 'batch', 'firmware'] as const).filter((name) => of[name])
  if (named.length === 0 || appliances.some(isOf(of))) return
  throw new Problem({
    code: 'unknown-cohort',
    message: `No ${of.kind} is of ${named.map((name) => `${name} '${of[name]}'`).join(' and ')}.`,
    remedy: 'Write it as the appliances have it: GET /api/appliances shows them.',
    concerns: `querystring/${named[0]}`,
    status: 422,
  })
}

/**
 * Did a change lower a failure mode? Failures per appliance-year before and after its day, with an interval; beside those
 * of the same kind and age that were not changed (S55). Pure.
 */
export function effectOf(facts: Facts, appliances: readonly Appliance[], of: Change, now: Millis) {
  const ofKind = appliances.filter(({ kind }) => kind === of.kind)
  const isChanged = isOf(of)
  const changed = ofKind.filter(isChanged)
  const ages = changed.map(bornAt)
  const matched = ofKind.filter((one) => {
    // No older and no younger than what was changed.
    return !isChanged(one) && bornAt(one) >= Math.min(...ages) && bornAt(one) <= Math.max(...ages)
  })
  const until = Math.min(now, of.at + of.days * DAY)
  const sides = (some: readonly Appliance[]): [Exposure, Exposure] => [
    exposure(facts, some, of.failureMode, of.at - of.days * DAY, of.at),
    exposure(facts, some, of.failureMode, of.at, until),
  ]
  const [before, after] = sides(changed)
  const others = sides(matched)
  const expected = (before.rate ?? 0) * after.applianceYears
  // Chance of so few without any change: P(X ≤ n).
  const chance = expected > 0 ? 1 - poissonTail(after.failures + 1, expected) : 1
  return {
    ...of,
    before,
    after,
    ratio: rateRatio(before, after),
    matched: {
      before: others[0],
      after: others[1],
      appliances: matched.length,
      ratio: ratioOfRatios([before, after], others),
    },
    expected,
    chance,
    lowered: chance < 0.05,
  }
}

const bornAt = ({ installedAt, registeredAt }: Appliance): Millis => installedAt ?? registeredAt

function exposure(
  facts: Facts,
  appliances: readonly Appliance[],
  failureMode: string,
  from: Millis,
  to: Millis,
): Exposure {
  const ids = new Set<string>(appliances.map(({ id }) => id))
  const failures = facts.tickets.filter(
    (ticket) =>
      ids.has(ticket.appliance) &&
      ticket.createdAt >= from &&
      ticket.createdAt < to &&
      ticket.state !== 'cancelled' &&
      (ticket.closure !== undefined || isOfFault(ticket)) &&
      ticket.closure?.cause !== 'none' &&
      (ticket.closure?.cause ?? ticket.failureMode) === failureMode,
  ).length
  const applianceYears = appliances.reduce(
    (sum, { registeredAt, retiredAt }) =>
      sum + Math.max(0, Math.min(to, retiredAt ?? to) - Math.max(from, registeredAt)) / (365 * DAY),
    0,
  )
  return { failures, applianceYears, rate: applianceYears > 0 ? failures / applianceYears : null }
}
