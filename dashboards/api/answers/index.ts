/**
 * What every call answers, as zod schemas: routes declare them, tests look whether they hold, `/openapi.json` describes
 * them, and the pages take their types from here.
 */
import type { z } from 'zod'
import { photoTypes } from '../../../service/index.ts'
import type { routePermissions } from '../routePermissions.ts'
import { accessAnswers } from './access.ts'
import { alertAnswers } from './alerts.ts'
import { applianceAnswers } from './appliances.ts'
import { campaignAnswers } from './care/campaigns.ts'
import { careAnswers } from './care/care.ts'
import { maintenanceAnswers } from './care/maintenance.ts'
import { ruleAnswers } from './care/rules.ts'
import { channelAnswers } from './channels.ts'
import { dispatchAnswers } from './dispatch.ts'
import { fleetAnswers } from './fleet.ts'
import { importAnswers } from './imports.ts'
import { ingestAnswers } from './ingest.ts'
import { mappingAnswers } from './mapping.ts'
import { modelAnswers } from './models.ts'
import { onCallAnswers } from './onCall.ts'
import { ownerAnswers } from './owner.ts'
import { peopleAnswers } from './people.ts'
import { policyAnswers } from './policy.ts'
import { privacyAnswers } from './privacy.ts'
import { qualityAnswers } from './quality.ts'
import { searchAnswers } from './search.ts'
import { knowledgeAnswers } from './service/knowledge.ts'
import { memberAnswers } from './service/members.ts'
import { networkAnswers } from './service/network.ts'
import { sessionAnswers } from './session.ts'
import { signalAnswers } from './signals.ts'
import { systemAnswers } from './system.ts'
import { ticketAnswers } from './tickets.ts'
import { visitAnswers } from './visits.ts'
import { wayAnswers } from './ways.ts'

/** What is no JSON, by its media types; `/openapi.json` describes everything else. */
export const otherMedia = {
  'GET /api/appliances/:id/personal-data': ['application/json', 'text/csv'],
  'GET /api/appliances/:id/telemetry/file': ['text/csv', 'application/vnd.apache.parquet'],
  'GET /api/audit/export': ['text/csv', 'application/x-ndjson'],
  'GET /api/p/:secret/data': ['application/json', 'text/csv'],
  'GET /api/t/:secret/visit.ics': ['text/calendar'],
  'GET /api/receipts/:id/:proof': ['text/plain'],
  'POST /api/receipts/:id/:proof': ['text/plain', 'application/json'],
  'GET /api/session/oidc': [],
  'GET /api/session/oidc/callback': [],
  'GET /api/stream': ['text/event-stream'],
  'GET /api/tickets/:id/photos/:name': photoTypes,
  'GET /metrics': ['text/plain'],
  'GET /asyncapi.json': [],
  'GET /openapi.json': [],
} as const satisfies Partial<Record<Route, readonly string[]>>

/** By method and path, like the table of permissions. */
export const answers = {
  ...accessAnswers,
  ...alertAnswers,
  ...applianceAnswers,
  ...channelAnswers,
  ...maintenanceAnswers,
  ...dispatchAnswers,
  ...fleetAnswers,
  ...importAnswers,
  ...ingestAnswers,
  ...knowledgeAnswers,
  ...mappingAnswers,
  ...modelAnswers,
  ...memberAnswers,
  ...networkAnswers,
  ...onCallAnswers,
  ...ownerAnswers,
  ...peopleAnswers,
  ...policyAnswers,
  ...privacyAnswers,
  ...qualityAnswers,
  ...campaignAnswers,
  ...careAnswers,
  ...ruleAnswers,
  ...searchAnswers,
  ...sessionAnswers,
  ...signalAnswers,
  ...systemAnswers,
  ...ticketAnswers,
  ...visitAnswers,
  ...wayAnswers,
} satisfies Record<Exclude<Route, keyof typeof otherMedia>, z.ZodType>

type Route = keyof typeof routePermissions
export type Call = keyof typeof answers
/** What a call answers. */
export type Answer<C extends Call> = z.infer<(typeof answers)[C]>
