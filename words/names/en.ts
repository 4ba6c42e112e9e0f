import type { Names } from '../words.ts'

/** Skills and papers of engineers as shipped; others are called as the policy has them. */
export const enNames: Names = {
  none: 'no fault',
  'sealed-system': 'sealed system',
  cooling: 'cooling',
  electrical: 'electrical',
  mechanical: 'mechanical',
  plumbing: 'plumbing',
  general: 'general',
  A: 'A',
  senior: 'senior',
  intermediate: 'intermediate',
  junior: 'junior',
  interview: 'interview',
  exam: (grade) => `exam-${grade}`,
}
