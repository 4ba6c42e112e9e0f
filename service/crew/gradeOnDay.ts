import { DAY, type Engineer, type Millis } from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'

export const grades = ['D', 'C', 'B', 'A', 'A+'] as const
export type Grade = (typeof grades)[number]

export interface GradeOnDay {
  grade: Grade
  /** Why it is not the one that was claimed. */
  because?: { en: string; zh: string }
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
  let missing = ''
  for (const grade of [...grades].reverse()) {
    if (grades.indexOf(grade) > grades.indexOf(given)) continue
    if (grade === 'D') break
    const rule = rules[grade]
    if (!rule) continue
    const lacks = rule.certificates.filter((name) => !valid.has(name))
    if (years >= rule.years && lacks.length === 0) {
      return grade === given ? { grade } : { grade, because: lowered(given, missing) }
    }
    if (grade === given) missing = lacks.length > 0 ? lacks.join(', ') : `${rule.years} years`
  }
  return given === 'D' ? { grade: 'D' } : { grade: 'D', because: lowered(given, missing) }
}

const lowered = (given: Grade, missing: string) => ({
  en: `grade ${given} needs ${missing}`,
  zh: `等级 ${given} 需要 ${missing}`,
})
