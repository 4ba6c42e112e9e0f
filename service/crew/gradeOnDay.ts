import { because, DAY, type Engineer, type Millis, type Reason } from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'

export const grades = ['D', 'C', 'B', 'A', 'A+'] as const
export type Grade = (typeof grades)[number]

export interface GradeOnDay {
  grade: Grade
  /** Why it is not the one that was claimed. */
  because?: Reason
}

/**
 * The grade that holds on a day (S25): the highest whose tenure and certificates are all there and valid, and never
 * above the one that was given. Who has no papers on record keeps the grade that was given. Pure.
 */
export function gradeOnDay(
  { grade: given, certificates, hiredAt }: Pick<Engineer, 'grade' | 'certificates' | 'hiredAt'>,
  now: Millis,
  rules: Policy['gradeRules'],
): GradeOnDay {
  if (!certificates) return { grade: given }
  const valid = new Set(
    certificates
      .filter(({ validFrom = 0, validUntil = Number.POSITIVE_INFINITY }) => validFrom <= now && now < validUntil)
      .map(({ name }) => name),
  )
  const years = hiredAt === undefined ? Number.POSITIVE_INFINITY : (now - hiredAt) / (365 * DAY)
  let missing: Reason | undefined
  for (const grade of [...grades].reverse()) {
    if (grades.indexOf(grade) > grades.indexOf(given)) continue
    if (grade === 'D') break
    const rule = rules[grade]
    if (!rule) continue
    const lacks = rule.certificates.filter((name) => !valid.has(name))
    if (years >= rule.years && lacks.length === 0) {
      return grade === given || !missing ? { grade } : { grade, because: missing }
    }
    if (grade === given) {
      missing =
        lacks.length > 0
          ? because('grade-needs-papers', { grade, papers: lacks })
          : because('grade-needs-years', { grade, years: rule.years })
    }
  }
  return { grade: 'D', ...(missing ? { because: missing } : {}) }
}
