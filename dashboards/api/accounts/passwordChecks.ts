import { AsyncLocalStorage } from 'node:async_hooks'
import { hashPassword, verifyPassword } from 'better-auth/crypto'
import { Problem } from '../../../core/index.ts'

/** Checks that may wait for their turn, some 60 ms each; more are refused, retryably. */
const MOST_WAITING = 32
/** And of them those of one address. */
const MOST_OF_ONE = 4

const scrypt = { hash: hashPassword, verify: verifyPassword }

/** For whom a check is made: those whom we know wait apart from the crowd, and come first. */
export interface Asker {
  address: string
  isKnown: boolean
}
const asking = new AsyncLocalStorage<Asker>()
/** Runs work whose password checks are made for somebody. */
export const askedBy = <T>(asker: Asker, work: () => Promise<T>): Promise<T> => asking.run(asker, work)

interface Waiting {
  address: string
  run: () => void
}

/**
 * People's passwords, hashed by scrypt (N 2¹⁴, r 16: 32 MB a check). A check occupies one of the few threads on which the
 * journal syncs, too: so there is one at a time, and a crowd at the sign-in delays no acknowledgement. Whoever is known
 * (a browser that has signed in before, a program on this machine) has a queue of their own, so a crowd of strangers
 * shuts nobody out.
 * @throws Problem `too-many-sign-ins`
 */
export function passwordChecks(check: typeof scrypt = scrypt, mostWaiting = MOST_WAITING): typeof scrypt {
  const queues: { known: Waiting[]; strangers: Waiting[] } = { known: [], strangers: [] }
  let isBusy = false

  function next(): void {
    const waiting = queues.known.shift() ?? queues.strangers.shift()
    isBusy = waiting !== undefined
    waiting?.run()
  }
  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const { address, isKnown } = asking.getStore() ?? { address: '', isKnown: true }
    const queue = isKnown ? queues.known : queues.strangers
    const ofOne = isKnown ? 0 : queue.filter((one) => one.address === address).length
    if (queue.length + (isBusy ? 1 : 0) >= mostWaiting || ofOne >= MOST_OF_ONE) throw tooMany()
    if (isBusy) await new Promise<void>((run) => queue.push({ address, run }))
    isBusy = true
    try {
      return await work()
    } finally {
      next()
    }
  }
  return {
    hash: (password) => inTurn(() => check.hash(password)),
    verify: (given) => inTurn(() => check.verify(given)),
  }
}

const tooMany = (): Problem =>
  new Problem({
    code: 'too-many-sign-ins',
    message: 'Too many people sign in at once.',
    remedy: 'Try again in a few seconds.',
    status: 503,
    retryable: true,
  })
