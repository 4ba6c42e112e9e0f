import type { CohortRules } from './decideCohort.ts'

/** As the policy is shipped. */
export const rules: CohortRules = {
  fewestHomes: 5,
  falsePerYear: 0.01,
  outage: { windowHours: 0.5, usualPerYear: 4 },
  weather: { windowHours: 72, usualPerYear: 0.1, holdHours: 96 },
  campaign: { windowHours: 336, usualPerYear: 0.1, holdHours: 48 },
  tellAfterMinutes: 10,
  endsAtShare: 0.1,
}
