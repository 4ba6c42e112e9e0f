import { createHash } from 'node:crypto'
import { z } from 'zod'
import { DAY, newSecret, wallClock } from '../../../../core/index.ts'
import { roles } from '../accountNames.ts'
import type { AuthLibrary } from '../authLibrary.ts'

const GOOD_MS = 7 * DAY
/** What somebody becomes in an organisation. */
const invitationSchema = z.object({
  organisation: z.string(),
  roles: z.array(z.enum(roles)).min(1),
  engineer: z.string().optional(),
})
export type Invitation = z.infer<typeof invitationSchema>

/**
 * Links by which somebody who has an account in this installation comes into an organisation, whoever they are: nobody asks
 * for their name, and so nobody learns who has an account elsewhere. Each works once, and only its hash is kept.
 */
export class Invitations {
  readonly #users: AuthLibrary['users']
  constructor(users: AuthLibrary['users']) {
    this.#users = users
  }
  /** @returns the path of the page that it opens, and until when */
  async make(invitation: Invitation): Promise<{ path: string; expiresAt: number }> {
    const key = newSecret()
    const expiresAt = wallClock.now() + GOOD_MS
    await this.#users.createVerificationValue({
      identifier: identifierOf(key),
      value: JSON.stringify(invitation),
      expiresAt: new Date(expiresAt),
    })
    return { path: `/sign-in#join.${key}`, expiresAt }
  }
  /** Takes it, so that it opens nothing again. */
  async take(key: string): Promise<Invitation | undefined> {
    const found = await this.#users.consumeVerificationValue(identifierOf(key))
    if (!found || found.expiresAt.getTime() <= wallClock.now()) return undefined
    return invitationSchema.parse(JSON.parse(found.value))
  }
}

const identifierOf = (key: string): string => `join:${createHash('sha256').update(key).digest('base64url')}`
