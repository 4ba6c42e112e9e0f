import { z } from 'zod'
import { alertStates, maintenanceScopes } from '../../../../core/index.ts'
import { alert } from '../alerts.ts'
import { at, cut, list } from '../shared.ts'

const maintenance = z
  .object({
    id: z.string(),
    scope: z.enum(maintenanceScopes),
    /** Of what: id of the appliance or the home, or kind and model with a slash between. */
    of: z.string(),
    /** On whose page it was begun. */
    appliance: z.string(),
    from: at,
    until: at,
    by: z.string(),
    why: z.string(),
    /** `by` is absent where time ended it. */
    ended: z.object({ at, by: z.string().optional() }).optional(),
    /** Alerts that it kept from opening and that have not opened since. */
    held: list(
      z.object({
        id: z.string(),
        appliance: z.string(),
        kind: z.string(),
        failureMode: z.string(),
        severity: z.enum(['info', 'warning', 'critical']),
        state: z.enum(alertStates),
        firstSeenAt: at,
      }),
    ),
  })
  .meta({ id: 'Maintenance' })

export const maintenanceAnswers = {
  'GET /api/maintenance': cut(maintenance),
  'POST /api/appliances/:id/maintenance': maintenance,
  'POST /api/maintenance/:id/end': maintenance,
  'POST /api/alerts/:id/speak': alert,
}
