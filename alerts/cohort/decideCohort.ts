import { median, medianAbsoluteDeviation } from 'simple-statistics'
import { type Alert, type CohortCause, DAY, HOUR, type Millis, poissonTail } from '../../core/index.ts'

/** What the policy says of notices that many appliances share; hours, homes, rates a year. */
export interface CohortRules {
  fewestHomes: number
  falsePerYear: number
  outage: { windowHours: number; usualPerYear: number }
  weather: { windowHours: number; usualPerYear: number; holdHours: number }
  campaign: { windowHours: number; usualPerYear: number; holdHours: number }
  tellAfterMinutes: number
  endsAtShare: number
}

/** What was counted around one finding. */
export interface CohortCounts {
  /** Homes of the cohort with such a finding within the window. */
  homes: number
  /** Appliances in service that could have shown it. */
  size: number
  /** The same outside of the cohort; null where elsewhere says nothing (an outage may be everywhere). */
  elsewhere: { found: number; size: number } | null
  /** Such findings over the whole fleet in the time before the window. */
  before: { found: number; applianceYears: number }
  /** Cohorts × failure modes that are looked at. */
  looks: number
}

const YEAR_HOURS = 365 * 24
/** Others who have shown nothing yet are not proof of a rate of 0: half a finding is granted to them. */
const GRANTED = 0.5

/**
 * How surprising so many findings in one window are. Pure.
 *
 * The usual rate λ is the highest of three: the policy's floor, the fleet's own past, and (unless null) the rate
 * elsewhere in the same window, (found + ½) ÷ appliance-years. Expected in the cohort: λ · size · window. A Poisson upper
 * tail P(X ≥ homes), times all windows of a year and all cohorts looked at (Bonferroni over a scan; Naus 1982, Kulldorff
 * 1997), bounds the notices a year that chance alone would open. Homes are counted against appliances, which errs to
 * the quiet side.
 * @returns expected findings by chance, and false notices a year
 */
export function cohortChance(
  { homes, size, elsewhere, before, looks }: CohortCounts,
  { windowHours, usualPerYear }: { windowHours: number; usualPerYear: number },
): { expected: number; falsePerYear: number } {
  const windowYears = windowHours / YEAR_HOURS
  const past = before.applianceYears > 0 ? before.found / before.applianceYears : 0
  const there = elsewhere ? (elsewhere.found + GRANTED) / (elsewhere.size * windowYears) : 0
  const expected = Math.max(usualPerYear, past, there) * size * windowYears
  const falsePerYear = expected === Infinity ? Infinity : (poissonTail(homes, expected) * looks) / windowYears
  return { expected, falsePerYear }
}

/** Does it make a notice? Enough homes, and too many for chance. Pure. */
export const isShared = (homes: number, falsePerYear: number, rules: CohortRules): boolean =>
  homes >= rules.fewestHomes && falsePerYear <= rules.falsePerYear

/** Until when the findings of a notice ask for no ticket; undefined: they ask at once. Pure. */
export function holdUntil(cause: CohortCause, by: string, openedAt: Millis, rules: CohortRules): Millis | undefined {
  const hours =
    cause === 'weather'
      ? rules.weather.holdHours
      : cause === 'campaign' && by === 'firmware'
        ? rules.campaign.holdHours
        : 0
  return hours > 0 ? openedAt + hours * HOUR : undefined
}

/** How far the strongest evidence lies outside its band, in half widths of the band; 0 without evidence. Pure. */
export function strengthOf({ evidence }: Pick<Alert, 'evidence'>): number {
  let most = 0
  for (const { observed, expected } of evidence) {
    const [low, high] = expected
    const half = (high - low) / 2
    if (half > 0 && Number.isFinite(observed)) most = Math.max(most, Math.abs(observed - (low + high) / 2) / half)
  }
  return most
}

/** Robust z above which one goes clearly beyond its cohort. Source: Iglewicz and Hoaglin (1993). */
const BEYOND_Z = 3.5
/** So near to the others that their likeness alone would make it stand out is not beyond. */
const BEYOND_SHARE = 1.25

/**
 * Does one finding go clearly beyond those of its cohort, so that the shared cause does not explain it? Robust z over
 * the median and the median absolute deviation. Pure. O(n log n).
 * @param others strengths of the cohort's findings; fewer than three say nothing
 */
export function isBeyond(strength: number, others: readonly number[]): boolean {
  if (others.length < 3) return false
  const centre = median([...others])
  const spread = 1.4826 * medianAbsoluteDeviation([...others])
  return strength > BEYOND_SHARE * centre && strength - centre > BEYOND_Z * spread
}

/** The fleet's past that says what is usual. */
export const PAST_MS = 28 * DAY
