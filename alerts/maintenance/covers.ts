import type { Appliance, Maintenance, MaintenanceScope, Millis } from '../../core/index.ts'

/** What is known of an appliance that a maintenance may be of. */
export type MaintainedAs = Pick<Appliance, 'id'> & Partial<Pick<Appliance, 'homeId' | 'kind' | 'model'>>

/** What a maintenance of this scope would be of; undefined: its home is not known. Pure. */
export function subjectOf({ id, homeId, kind, model }: MaintainedAs, scope: MaintenanceScope): string | undefined {
  if (scope === 'appliance') return id
  if (scope === 'home') return homeId
  return kind === undefined || model === undefined ? undefined : `${kind}/${model}`
}

export const endOf = ({ until, ended }: Maintenance): Millis => ended?.at ?? until

/** Is it under this maintenance at `at`? Pure. */
export const covers = (one: Maintenance, appliance: MaintainedAs, at: Millis): boolean =>
  one.from <= at && at < endOf(one) && subjectOf(appliance, one.scope) === one.of
