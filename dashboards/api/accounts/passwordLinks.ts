import { createHash } from 'node:crypto'
import { HOUR, newSecret, wallClock } from '../../../core/index.ts'
import type { AuthLibrary } from './authLibrary.ts'

/** An invitation waits for somebody who does not know of it yet; a new password is waited for. */
const HOURS = { invite: 7 * 24, reset: 24 } as const

/** Links by which somebody sets their own password: each works once, until it expires, and only its hash is kept. */
export class PasswordLinks {
  readonly #users: AuthLibrary['users']
  constructor(users: AuthLibrary['users']) {
    this.#users = users
  }
  /** @returns the path of the page that it opens, and until when */
  async make(account: string, what: keyof typeof HOURS): Promise<{ path: string; expiresAt: number }> {
    const key = newSecret()
    const expiresAt = wallClock.now() + HOURS[what] * HOUR
    await this.#users.createVerificationValue({
      identifier: identifierOf(key),
      value: account,
      expiresAt: new Date(expiresAt),
    })
    return { path: `/sign-in#set.${key}`, expiresAt }
  }
  /** Takes it, so that it opens nothing again. @returns whose password may be set by it */
  async take(key: string): Promise<string | undefined> {
    const found = await this.#users.consumeVerificationValue(identifierOf(key))
    return found && found.expiresAt.getTime() > wallClock.now() ? found.value : undefined
  }
}

const identifierOf = (key: string): string => `set-password:${createHash('sha256').update(key).digest('base64url')}`
