import type { Catalog } from '../catalog/index.ts'
import type { Clock, CohortIndex, Database, Render, TicketPort, UnitOfWork } from '../core/index.ts'
import type { DeferringAnnouncer } from './announcer.ts'
import type { CohortRules } from './cohort/decideCohort.ts'
import type { MaintenanceBook } from './maintenance/openMaintenance.ts'

/** Deeds that their sender named: asked and noted in the transaction of what they change, and always `false` where it is none. */
export interface Repeats {
  wasCarriedOut(tx: UnitOfWork): Promise<boolean>
  note(tx: UnitOfWork): Promise<void>
}

export interface AlertsOptions {
  database: Database
  desk: TicketPort
  clock: Clock
  catalog: Catalog
  announcer: DeferringAnnouncer
  /** Makes words of reasons, for those who are told. */
  render: Render
  fleet: CohortIndex
  cohortRules: () => CohortRules
  /** What was sent again after a lost answer. */
  repeats: Repeats
  /** Who works where. */
  maintenance: Pick<MaintenanceBook, 'isUnder' | 'over' | 'hold' | 'tick'>
}
