/**
 * dashboards: what people and programs see: the HTTP API (Fastify, OpenAPI, event stream) and the pages.
 * In: all the rooms, as ApiContext. Out: a Fastify server, behind a door that others open; Accounts; the EventHub.
 * Start at api/server.ts, then api/routes/; the pages: web/src/main.tsx.
 */
export { type Role, roles } from './api/accounts/accountNames.ts'
export { type Accounts, openAccounts } from './api/accounts/accounts.ts'
export { checkReach } from './api/accounts/checkReach.ts'
export { mayListen } from './api/accounts/mayListen.ts'
export type { Installation } from './api/accounts/organisations/installation.ts'
export type { OrganisationView } from './api/accounts/organisations/organisationBook.ts'
export { KEY_PREFIX } from './api/accounts/ways/apiKeys.ts'
export type { OidcSettings } from './api/accounts/ways/openIdConnect.ts'
export { AnswerWatch } from './api/answerWatch.ts'
export type {
  ApiContext,
  BackupState,
  FleetHealth,
  ModelsControl,
  PipelineStatus,
  SimulatedFault,
  SimulatorControl,
} from './api/apiContext.ts'
export { EventHub } from './api/eventHub.ts'
export type { Organisations } from './api/organisations.ts'
export { ownPages } from './api/ownPages.ts'
export { type Action, actions, rolesThatMay, type Scope, scopeOf, workRoles } from './api/permissions.ts'
export { needsOfRoute } from './api/routeNeeds.ts'
export { type Needs, routePermissions } from './api/routePermissions.ts'
export { ORGANISATION_COOKIE } from './api/routes/access/organisations.ts'
export { sameSecret } from './api/sameSecret.ts'
export { createApi } from './api/server.ts'
export { openHomeAssistant } from './homeAssistant/openHomeAssistant.ts'
