import { z } from 'zod'
import { erased, purposes, shareScopes, stays, staysBecause } from '../../../service/index.ts'
import { at, cut, done, items, list, named, owner, text } from './shared.ts'

const purpose = z.enum(purposes)
const now = list(z.object({ purpose, given: z.boolean(), since: at.optional(), by: z.string().optional() }))
const consents = z
  .object({
    now,
    history: list(
      z.object({ purpose, given: z.boolean(), at, by: z.string(), terms: z.string(), appliance: z.string() }),
    ),
  })
  .meta({ id: 'Consents' })
const share = z.object({
  id: z.string(),
  appliance: z.string(),
  scope: z.enum(shareScopes),
  createdAt: at,
  endsAt: at,
  revokedAt: at.optional(),
  uses: list(z.object({ at, what: z.string(), address: z.string() })),
})
/** With the way to what is shared, to its owner alone. */
const ownShare = share.extend({ path: z.string().optional() })
/** What was erased and what stays; nothing of whom. */
const erasure = z
  .object({
    id: z.string(),
    at,
    by: z.string(),
    appliances: list(z.string()),
    erased: list(z.object({ what: z.enum(erased), count: z.number() })),
    stays: list(z.object({ what: z.enum(stays), count: z.number(), why: z.enum(staysBecause) })),
  })
  .meta({ id: 'Erasure' })
const ownPage = z.object({
  id: z.string(),
  model: z.string(),
  kindName: text,
  owner: owner.optional(),
  appliances: list(z.object({ id: z.string(), model: z.string() })),
  consents: now,
  shares: list(ownShare),
})
/** What left the factory. */
export const claim = z.object({
  appliance: z.string(),
  kind: z.string(),
  model: z.string(),
  addedAt: at,
  claimedAt: at.optional(),
})
const numbers = list(z.number().nullable())

const credentials = z.object({ username: z.string(), password: z.string().optional() })

export const privacyAnswers = {
  'POST /api/claim': z.object({ id: z.string(), kind: z.string(), model: z.string(), mqtt: credentials }),
  'GET /api/claims': cut(claim),
  'GET /api/appliances/:id/consents': consents,
  'POST /api/appliances/:id/consents': consents,
  'POST /api/appliances/:id/erase': erasure,
  'GET /api/appliances/:id/own-page': z.object({ link: z.string() }),
  'GET /api/appliances/:id/shares': items(share),
  'DELETE /api/appliances/:id/shares/:share': done,
  'GET /api/erasures': items(erasure),
  'POST /api/o/:secret/own-page': done,
  'POST /api/t/:secret/own-page': z.object({ path: z.string() }),
  'GET /api/p/:secret': ownPage,
  'POST /api/p/:secret/consents': ownPage,
  'POST /api/p/:secret/erase': erasure,
  'POST /api/p/:secret/shares': ownShare,
  'DELETE /api/p/:secret/shares/:share': ownPage,
  'GET /api/r/:secret': z.object({
    id: z.string(),
    model: z.string(),
    firmware: z.string().optional(),
    installedAt: at.optional(),
    kindName: text,
    metrics: named(z.object({ unit: z.string(), text })),
    scope: z.enum(shareScopes),
    endsAt: at,
    alerts: list(
      z.object({
        failureMode: z.string(),
        severity: z.string(),
        state: z.string(),
        openedAt: at.optional(),
        explanation: text,
      }),
    ),
    repairs: list(
      z.object({
        number: z.string(),
        state: z.string(),
        createdAt: at,
        cause: z.string().optional(),
        parts: list(z.string()).optional(),
        at: at.optional(),
      }),
    ),
  }),
  'GET /api/r/:secret/telemetry': z.object({
    ts: list(z.number()),
    series: named(z.object({ min: numbers, mean: numbers, max: numbers })),
  }),
}
