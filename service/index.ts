/**
 * service: the service desk. What exists and whom it belongs to, tickets and their life, who goes with which part,
 * closures, and what they taught.
 * In: alerts that ask for a ticket (core's TicketDesk), commands of people, verifications. Out: tickets, notices
 * (through core's Announcer), controls to detection, scoreboard, trends.
 * Start at ticketMachine.ts and rankCandidates.ts (pure), then openDesk.ts; appliances: registry.ts.
 */

export { type Audit, type AuditRow, openAudit } from './audit/auditTable.ts'
export type { SimilarCase } from './cases/similarCases.ts'
export type { DispatchBoard } from './dispatch/dispatchBoard.ts'
export { symptomsOf } from './intake/classifyReport.ts'
export { openLinkChanges } from './links/linkChanges.ts'
export { openOwnerLinks } from './links/ownerLinks.ts'
export { serviceMigrations } from './migrations.ts'
export { type HeldOutFigures, worseIn } from './models/heldOut.ts'
export { type ModelDesk, type ModelsView, openModelDesk, type ShadowAlert } from './models/modelDesk.ts'
export { beginSpan, endSpan, recordHeard, type ShadowHeard } from './models/shadowTable.ts'
export { type Desk, openDesk } from './openDesk.ts'
export { ownerView } from './ownerView.ts'
export { openParts, type Parts } from './parts/partsDesk.ts'
export { depotSchema, engineerSchema, openPeople, type People } from './people.ts'
export { pinnedWindows } from './pinnedWindows.ts'
export { openPolicies, type Policies, type PolicyChange } from './policy/openPolicies.ts'
export { type Policy, policySchema } from './policy/policySchema.ts'
export { rowsInForce } from './policy/resolvePolicy.ts'
export { whatIf } from './policy/whatIf.ts'
export { defectKeys } from './quality/emerging.ts'
export { lifeKeys } from './quality/life.ts'
export { openQuality, type Quality } from './quality/qualityDesk.ts'
export { openRegistry, type Registry } from './registry.ts'
export { type CommandRecord, commandStates } from './remote/commandTable.ts'
export { type Commands, openCommands } from './remote/openCommands.ts'
export { remoteTypes } from './remote/remoteDesk.ts'
export { type Scoreboard, scoreboard, type TrueFault } from './scoreboard.ts'
export { type ScoreSlice, type SliceKey, scoreSlices, sliceKeys } from './scoreSlices.ts'
export { taskTypes } from './tasks/taskTable.ts'
export { ticketMoves } from './ticketMachine.ts'
export type { TicketView } from './ticketQueries.ts'
export { channels } from './ticketTable.ts'
export { faultTrends, type TrendKey } from './trends.ts'
export { LARGEST_PHOTO, photoTypes } from './visit/photos.ts'
export type { Weighed } from './weigh/weighVisit.ts'
