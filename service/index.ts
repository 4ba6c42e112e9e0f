/**
 * service: the service desk. What exists and whom it belongs to, tickets and their life, who goes with which part,
 * closures, and what they taught.
 * In: alerts that ask for a ticket (core's TicketPort), commands of people, verifications. Out: tickets, notices
 * (through core's Announcer), controls to detection, scoreboard, trends.
 * Start at core's core/tickets/ticketCan.ts and rankCandidates.ts (pure), then tickets/ticketService.ts; appliances: registry.ts.
 */

import type { DatabaseMigration } from '../core/index.ts'
import { accountHomeMigrations } from './access/accountHomes.ts'
import { auditMigrations } from './access/auditTable.ts'
import { linkChangeMigrations } from './access/linkChanges.ts'
import { linkMigrations } from './access/ownerLinks.ts'
import { requestKeyMigrations } from './access/requestKeys.ts'
import { campaignMigrations } from './campaigns/campaignTable.ts'
import { careMigrations } from './care/careTable.ts'
import { earningMigrations } from './crew/earningBook.ts'
import { crewMigrations } from './crew/ratingTable.ts'
import { grabMigrations } from './dispatch/grabs.ts'
import { escalationMigrations } from './escalation/escalationTable.ts'
import { intakeMigrations } from './intake/intakeTable.ts'
import { knowledgeMigrations } from './knowledge/knowledgeTable.ts'
import { memberMigrations } from './members/memberTable.ts'
import { modelMigrations } from './modelReleases/modelTable.ts'
import { networkMigrations } from './network/networkTable.ts'
import { stockMigrations } from './parts/stockTable.ts'
import { paymentMigrations } from './payments/paymentTable.ts'
import { policyMigrations } from './policy/policyTable.ts'
import { privacyMigrations } from './privacy/privacyTable.ts'
import { claimMigrations } from './registry/claims.ts'
import { healthMigrations } from './registry/healthStore.ts'
import { registryMigrations } from './registry/registryTable.ts'
import { answerMigrations } from './remote/carriedAnswers.ts'
import { commandMigrations } from './remote/commandTable.ts'
import { ruleMigrations } from './rules/ruleTable.ts'
import { reasonMigrations } from './tickets/store/legacyReasons.ts'
import {
  dismissedMigrations,
  historyMigrations,
  promiseMigrations,
  scoreMigrations,
  sequenceMigrations,
  slotMigrations,
  ticketMigrations,
} from './tickets/store/ticketTable.ts'
import { taskMigrations } from './tickets/taskTable.ts'
import { visitMigrations } from './visit/contractTable.ts'
import { projectMigrations } from './visit/projectRecords.ts'

export { type AccountHomes, openAccountHomes } from './access/accountHomes.ts'
export type { AuditCheck, AuditHead } from './access/auditChain.ts'
export { openLinkChanges } from './access/linkChanges.ts'
export { type Audit, type AuditRow, checkAudit, openAudit } from './access/openAudit.ts'
export { OF_ORGANISATION, type OwnerLinks, openOwnerLinks } from './access/ownerLinks.ts'
export { refuseErased } from './access/refuseErased.ts'
export { knownRequest, noteRequest, wasCarriedOut, withinRequest } from './access/requestKeys.ts'
export { campaignIdSchema, campaignMoves, campaignSchema, campaignStates } from './campaigns/campaign.ts'
export { type CampaignBook, openCampaigns, type Shown } from './campaigns/campaignBook.ts'
export { stopCampaigns } from './campaigns/stopCampaigns.ts'
export { campaignTemplates } from './campaigns/templates.ts'
export { type CareService, openCare } from './care/careService.ts'
export type { SimilarCase } from './closure/similarCases.ts'
export { depotSchema, engineerSchema, openPeople, type People } from './crew/people.ts'
export { standingChanges } from './crew/ratingTable.ts'
export type { DispatchBoard } from './dispatch/dispatchBoard.ts'
export type { EngineerNow } from './dispatch/rankCandidates.ts'
export type { Weighed } from './dispatch/weighVisit.ts'
export { escalationCauses } from './escalation/causes.ts'
export { type Escalations, openEscalations } from './escalation/escalations.ts'
export { type OnCallBook, onCallPersonSchema, openOnCallBook, rotaSchema } from './escalation/onCallBook.ts'
export { symptomsOf } from './intake/classifyReport.ts'
export { articleContentSchema, articleStates, audiences } from './knowledge/article.ts'
export { httpAssistant } from './knowledge/httpAssistant.ts'
export { type Knowledge, openKnowledge } from './knowledge/openKnowledge.ts'
export { postStates, postTypes } from './members/community.ts'
export { type Members, openMembers } from './members/openMembers.ts'
export { type HeldOutFigures, worseIn } from './modelReleases/heldOut.ts'
export {
  type ModelRegistry,
  openModelRegistry,
} from './modelReleases/modelRegistry.ts'
export type { ModelsView } from './modelReleases/modelsView.ts'
export { beginSpan, endSpan, recordHeard, type ShadowHeard } from './modelReleases/shadowTable.ts'
export { outletSchema, tiers } from './network/outlet.ts'
export { type OutletBook, openOutletBook } from './network/outletBook.ts'
export { queueOf, routeCall } from './network/routeCall.ts'
export { openPartsService, type PartsService } from './parts/partsService.ts'
export { moveKinds } from './parts/stockTable.ts'
export { httpPayments } from './payments/httpPayments.ts'
export { openPayments, type Payments } from './payments/openPayments.ts'
export { paymentStates } from './payments/payment.ts'
export type { PaymentProvider } from './payments/paymentProvider.ts'
export { openPolicies, type Policies } from './policy/openPolicies.ts'
export { policyName } from './policy/policyName.ts'
export { type Policy, projectSteps, readPolicy } from './policy/policySchema.ts'
export { rowsInForce, scopesOf } from './policy/resolvePolicy.ts'
export { whatIf } from './policy/whatIf.ts'
export { type Consents, openConsents, purposes } from './privacy/consents.ts'
export { type Erasures, erased, type OutsideErasure, openErasures, stays, staysBecause } from './privacy/eraseOwner.ts'
export { forgetShares, openShares, type Shares, shareScopes } from './privacy/shares.ts'
export { defectKeys } from './quality/emerging.ts'
export { excessOfMonth } from './quality/excessWatts.ts'
export { lifeKeys } from './quality/life.ts'
export { openQuality, type Quality } from './quality/qualityService.ts'
export { scoreboard } from './quality/scoreboard.ts'
export { scoreSlices, sliceKeys } from './quality/scoreSlices.ts'
export { faultTrends, type TrendKey } from './quality/trends.ts'
export { type Claims, openClaims } from './registry/claims.ts'
export { type HeldDirectory, hearUsedSecrets, openDirectory } from './registry/deviceDirectory.ts'
export { type HealthStore, openHealthStore } from './registry/healthStore.ts'
export { ownerTold } from './registry/ownerTold.ts'
export { type Quiet, quietBecause, silenceIn, unheardBecause } from './registry/quiet.ts'
export { openRegistry } from './registry/registry.ts'
export type { Registry } from './registry/registryPort.ts'
export { adviceOf, statusOf, wordOf } from './registry/statusOf.ts'
export { keepAnswer, takeAnswers } from './remote/carriedAnswers.ts'
export { commandStates } from './remote/commandTable.ts'
export { type Commands, openCommands } from './remote/openCommands.ts'
export { remoteTypes } from './remote/remoteService.ts'
export { openRuleBook, type RuleBook } from './rules/ruleBook.ts'
export { ruleMoves } from './rules/ruleMoves.ts'
export { ownerAnswers } from './testing/ownerCheck.ts'
export { channels } from './tickets/contact.ts'
export { nextOwed } from './tickets/deadlines.ts'
export { describeTickets } from './tickets/described/describeTickets.ts'
export { ownerView } from './tickets/ownerView.ts'
export { pinnedWindows } from './tickets/pinnedWindows.ts'
export { taskTypes } from './tickets/taskTable.ts'
export { openTicketService, type TicketService } from './tickets/ticketService.ts'
export type { TicketView } from './tickets/ticketView.ts'
export { nextStep, startsAt } from './visit/nextStep.ts'
export { forgetPhotos, LARGEST_PHOTO, photoTypes } from './visit/photos.ts'

/** The tables of this room. */
export const serviceMigrations: DatabaseMigration[] = [
  ...healthMigrations,
  ...registryMigrations,
  ...ticketMigrations,
  ...stockMigrations,
  ...grabMigrations,
  ...policyMigrations,
  ...historyMigrations,
  ...intakeMigrations,
  ...taskMigrations,
  ...crewMigrations,
  ...earningMigrations,
  ...visitMigrations,
  ...slotMigrations,
  ...modelMigrations,
  ...scoreMigrations,
  ...dismissedMigrations,
  ...commandMigrations,
  ...answerMigrations,
  ...auditMigrations,
  ...linkMigrations,
  ...accountHomeMigrations,
  ...linkChangeMigrations,
  ...requestKeyMigrations,
  ...sequenceMigrations,
  ...reasonMigrations,
  ...privacyMigrations,
  ...claimMigrations,
  ...promiseMigrations,
  ...escalationMigrations,
  ...knowledgeMigrations,
  ...networkMigrations,
  ...ruleMigrations,
  ...careMigrations,
  ...projectMigrations,
  ...memberMigrations,
  ...campaignMigrations,
  ...paymentMigrations,
]
