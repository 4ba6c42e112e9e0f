import { createHmac, randomBytes } from 'node:crypto'
import { type Clock, MINUTE, nth, Problem, SECOND } from '../../../core/index.ts'
import { sameSecret } from '../sameSecret.ts'

/** Wrong passwords that an account may have within the window, from all who are strangers to it. */
const MOST_WRONG = 10
const WINDOW_MS = 15 * MINUTE
/** Accounts and browsers that are remembered at most; the ones that failed longest ago are forgotten first. */
const MOST_KNOWN = 20_000

/**
 * Limits the guessing of one account's password, from however many addresses, without shutting its owner out: a browser
 * that has signed in before carries a mark of it (a device cookie, as OWASP calls it) and is counted by itself, so
 * strangers can use up only the strangers' tries.
 */
export class SignInLimits {
  #clock: Clock
  #key: string
  #wrong = new Map<string, number[]>()
  constructor(clock: Clock, key: string) {
    this.#clock = clock
    this.#key = key
  }

  /** @param mark what the browser carries, if anything @throws Problem `too-many-wrong-passwords` */
  check(name: string, mark: string | undefined): void {
    const recent = this.#recent(this.#counted(name, mark))
    if (recent.length < MOST_WRONG) return
    const waitMs = nth(recent, 0) + WINDOW_MS - this.#clock.now()
    throw new Problem({
      code: 'too-many-wrong-passwords',
      message: 'Too many wrong passwords for this account.',
      remedy: `Try again in ${Math.ceil(waitMs / MINUTE)} minutes, or from a browser that has signed in before.`,
      status: 429,
      retryable: true,
      retryAfterSeconds: Math.ceil(waitMs / SECOND),
    })
  }
  failed(name: string, mark: string | undefined): void {
    const counted = this.#counted(name, mark)
    const recent = [...this.#recent(counted), this.#clock.now()]
    this.#wrong.delete(counted)
    this.#wrong.set(counted, recent)
    for (const oldest of this.#wrong.keys()) {
      if (this.#wrong.size <= MOST_KNOWN) break
      this.#wrong.delete(oldest)
    }
  }
  /** @returns the mark for a browser that has just signed in */
  succeeded(name: string, mark: string | undefined): string {
    this.#wrong.delete(this.#counted(name, mark))
    const nonce = randomBytes(12).toString('base64url')
    return `${nonce}.${this.#sign(name, nonce)}`
  }
  isKnown(name: string, mark: string | undefined): boolean {
    const [nonce = '', signature = ''] = mark?.split('.') ?? []
    return nonce !== '' && sameSecret(signature, this.#sign(name, nonce))
  }

  #counted(name: string, mark: string | undefined): string {
    const account = name.toLowerCase()
    return this.isKnown(name, mark) ? `${account}\n${mark}` : account
  }
  #recent(counted: string): number[] {
    const from = this.#clock.now() - WINDOW_MS
    return this.#wrong.get(counted)?.filter((at) => at > from) ?? []
  }
  #sign(name: string, nonce: string): string {
    return createHmac('sha256', this.#key).update(`${name.toLowerCase()}\n${nonce}`).digest('base64url')
  }
}
