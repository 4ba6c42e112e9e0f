import type { Alert } from '../api.ts'

const MANY = 4

/** Faults that many appliances of a kind share: one cause may be behind them. */
export function cohorts(alerts: Alert[]): { kind: string; failureMode: string; count: number }[] {
  return [...Map.groupBy(alerts, ({ kind, failureMode }) => `${kind}/${failureMode}`).values()].flatMap((group) => {
    const [first] = group
    const count = new Set(group.map(({ appliance }) => appliance)).size
    return first && count >= MANY && first.failureMode !== 'unknown'
      ? [{ kind: first.kind, failureMode: first.failureMode, count }]
      : []
  })
}
