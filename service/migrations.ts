import type { DatabaseMigration } from '../core/index.ts'
import { auditMigrations } from './access/auditTable.ts'
import { crewMigrations } from './crew/ratingTable.ts'
import { grabMigrations } from './dispatch/grabs.ts'
import { intakeMigrations } from './intake/intakeTable.ts'
import { linkChangeMigrations } from './access/linkChanges.ts'
import { linkMigrations } from './access/ownerLinks.ts'
import { modelMigrations } from './modelReleases/modelTable.ts'
import { stockMigrations } from './parts/stockTable.ts'
import { policyMigrations } from './policy/policyTable.ts'
import { registryMigrations } from './registry/registryTable.ts'
import { commandMigrations } from './remote/commandTable.ts'
import { taskMigrations } from './tickets/taskTable.ts'
import { historyMigrations } from './tickets/ticketHistory.ts'
import { dismissedMigrations, scoreMigrations, slotMigrations, ticketMigrations } from './tickets/ticketTable.ts'
import { visitMigrations } from './visit/contractTable.ts'

/** The tables of this room. */
export const serviceMigrations: DatabaseMigration[] = [
  ...registryMigrations,
  ...ticketMigrations,
  ...stockMigrations,
  ...grabMigrations,
  ...policyMigrations,
  ...historyMigrations,
  ...intakeMigrations,
  ...taskMigrations,
  ...crewMigrations,
  ...visitMigrations,
  ...slotMigrations,
  ...modelMigrations,
  ...scoreMigrations,
  ...dismissedMigrations,
  ...commandMigrations,
  ...auditMigrations,
  ...linkMigrations,
  ...linkChangeMigrations,
]
