import type { Answer } from '../../api.ts'

export type WrittenRule = Answer<'GET /api/rules'>['items'][number]
export type RuleBody = WrittenRule['rule']
export type Clause = Extract<RuleBody['when'], { of: 'reading' }>['all'][number]
export type ValueClause = Extract<Clause, { metric: string }>
export type StateClause = Extract<Clause, { state: string }>

/** What a form begins with. */
export const emptyRule = (kind: string, metric: string): RuleBody => ruleOf(kind, { metric, op: 'above', limit: 0 })

/** What a form begins with where something was seen. */
export const ruleOf = (kind: string, clause: ValueClause): RuleBody => ({
  name: { en: '', zh: '' },
  owner: { en: '', zh: '' },
  scope: { kind, models: [], firmware: [], regions: [], appliances: [] },
  when: { of: 'reading', all: [clause] },
  holdMinutes: 0,
  clearMinutes: 0,
  holeMinutes: 120,
  severity: 'warning',
})

/** Another thing that it looks at, begun anew. */
export function whenOf(
  of: RuleBody['when']['of'],
  first: { metric: string; feature: string; cycle: string },
): RuleBody['when'] {
  switch (of) {
    case 'reading':
      return { of, all: [{ metric: first.metric, op: 'above', limit: 0 }] }
    case 'feature':
      return { of, feature: first.feature, op: 'above', limit: 0 }
    case 'cycle':
      return { of, cycle: first.cycle, op: 'above', limit: 60 }
    case 'event':
      return { of, type: 'error', times: 1, withinHours: 24 }
  }
}

/** The same without a field that is empty: optional fields are left out, not sent as nothing. */
export function without<T extends object, K extends keyof T>(from: T, key: K): Omit<T, K> {
  const { [key]: _, ...rest } = from
  return rest
}
