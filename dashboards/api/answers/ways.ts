import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server'
import { z } from 'zod'
import { roles } from '../accounts/accountNames.ts'
import { at, done, items, list } from './shared.ts'

const key = z
  .object({
    id: z.string(),
    account: z.string(),
    name: z.string(),
    roles: list(z.enum(roles)),
    readOnly: z.boolean(),
    createdAt: at,
    expiresAt: at,
    lastUsedAt: at.optional(),
  })
  .meta({ id: 'ApiKey' })
const secondFactor = z.object({ enabled: z.boolean(), recoveryLeft: z.number() })
const passkeys = items(z.object({ id: z.string(), name: z.string(), createdAt: at, lastUsedAt: at.optional() }))
/** What a browser hands to its authenticator (W3C Web Authentication). */
const options = <T>() => z.custom<T>((value) => typeof value === 'object' && value !== null)
const ceremony = <T>() => z.object({ ceremony: z.string(), options: options<T>() })

export const wayAnswers = {
  'GET /api/session/keys': items(key),
  /** The key is shown once. */
  'POST /api/session/keys': key.extend({ key: z.string() }),
  'DELETE /api/session/keys/:id': done,
  /** With whose each is. */
  'GET /api/keys': items(key.extend({ of: z.string() })),
  'DELETE /api/keys/:id': done,
  'GET /api/session/second-factor': secondFactor,
  'POST /api/session/second-factor': z.object({ secret: z.string(), uri: z.string(), recovery: list(z.string()) }),
  'POST /api/session/second-factor/confirm': secondFactor,
  'DELETE /api/session/second-factor': secondFactor,
  'DELETE /api/accounts/:id/second-factor': done,
  'GET /api/session/passkeys': passkeys,
  'POST /api/session/passkeys': ceremony<PublicKeyCredentialCreationOptionsJSON>(),
  'POST /api/session/passkeys/finish': passkeys,
  'DELETE /api/session/passkeys/:id': passkeys,
  'POST /api/session/passkey': ceremony<PublicKeyCredentialRequestOptionsJSON>(),
  'POST /api/session/passkey/finish': done,
}
