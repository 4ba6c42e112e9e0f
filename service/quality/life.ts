import { type Appliance, DAY, type Millis } from '../../core/index.ts'
import type { Facts } from './facts.ts'
import { fitWeibull, type WeibullFit } from './weibull.ts'

export const lifeKeys = ['model', 'batch', 'firmware', 'season', 'part'] as const
export type LifeKey = (typeof lifeKeys)[number]

export interface LifeRow {
  group: string
  kind: string
  /** Days; null while there are too few failures. */
  fit: WeibullFit | null
  failures: number
  survivors: number
}

const seasons = ['winter', 'spring', 'summer', 'autumn'] as const
/** Of the northern year; by the month in which it failed. */
const seasonOf = (at: Millis): string => seasons[Math.floor(((new Date(at).getUTCMonth() + 1) % 12) / 3)] as string

/**
 * Weibull life of groups: age at the first confirmed failure, and the ages of those that have not failed. By part it is
 * the first that was fitted of each, by season the failures of one season against all that lived through it. Pure.
 */
export function lifeBy(facts: Facts, appliances: Appliance[], by: LifeKey, failureMode?: string): LifeRow[] {
  const born = ({ installedAt, registeredAt }: Appliance): Millis => installedAt ?? registeredAt
  const known = new Map(appliances.map((appliance) => [appliance.id, appliance]))
  const first = new Map<string, { appliance: Appliance; group: string; at: Millis }>()
  const modes = new Map<string, Set<string>>()
  for (const ticket of [...facts.tickets].sort((a, b) => a.createdAt - b.createdAt)) {
    const { closure, createdAt } = ticket
    const appliance = known.get(ticket.appliance)
    if (!appliance || !closure || closure.cause === 'none' || closure.verdict === 'refuted') continue
    if (failureMode && closure.cause !== failureMode) continue
    const groups = by === 'part' ? closure.parts : [by === 'season' ? seasonOf(createdAt) : appliance[by]]
    for (const group of groups) {
      if (!group) continue
      modes.set(appliance.kind, (modes.get(appliance.kind) ?? new Set()).add(group))
      const key = `${appliance.id}\u0000${group}`
      if (!first.has(key)) first.set(key, { appliance, group, at: createdAt })
    }
  }
  const ages = new Map<string, { kind: string; group: string; failed: number[]; alive: number[] }>()
  const of = (kind: string, group: string) => {
    const key = `${kind}\u0000${group}`
    const row = ages.get(key) ?? { kind, group, failed: [], alive: [] }
    ages.set(key, row)
    return row
  }
  const days = (appliance: Appliance, at: Millis): number => Math.max(0.5, (at - born(appliance)) / DAY)
  for (const { appliance, group, at } of first.values()) of(appliance.kind, group).failed.push(days(appliance, at))
  for (const appliance of appliances) {
    const own = appliance[by as 'model']
    const groups = by === 'part' || by === 'season' ? [...(modes.get(appliance.kind) ?? [])] : own ? [own] : []
    for (const group of groups) {
      if (first.has(`${appliance.id}\u0000${group}`)) continue
      of(appliance.kind, group).alive.push(days(appliance, appliance.retiredAt ?? facts.at))
    }
  }
  return [...ages.values()]
    .map(({ kind, group, failed, alive }) => ({
      kind,
      group,
      fit: fitWeibull(failed, alive),
      failures: failed.length,
      survivors: alive.length,
    }))
    .sort((a, b) => b.failures - a.failures || (a.group < b.group ? -1 : 1))
}
