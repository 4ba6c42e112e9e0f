import { hashPassword, verifyPassword } from 'better-auth/crypto'
import { Problem } from '../../core/index.ts'

/** Checks that may wait for their turn, some 60 ms each; more are refused, retryably. */
const MOST_WAITING = 32

const scrypt = { hash: hashPassword, verify: verifyPassword }

/**
 * People's passwords, hashed by scrypt (N 2¹⁴, r 16: 32 MB a check). A check occupies one of the few threads on which the
 * journal syncs, too: so there is one at a time, and a crowd at the sign-in delays no acknowledgement.
 * @throws Problem `too-many-sign-ins`
 */
export function passwordChecks(check: typeof scrypt = scrypt, mostWaiting = MOST_WAITING): typeof scrypt {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    if (waiting >= mostWaiting) {
      return Promise.reject(
        new Problem({
          code: 'too-many-sign-ins',
          message: 'Too many people sign in at once.',
          remedy: 'Try again in a few seconds.',
          status: 503,
          retryable: true,
        }),
      )
    }
    waiting++
    const mine = last.then(work).finally(() => waiting--)
    last = mine.catch(() => {})
    return mine
  }
  return {
    hash: (password) => inTurn(() => check.hash(password)),
    verify: (given) => inTurn(() => check.verify(given)),
  }
}
