import { Problem } from '../../../core/index.ts'
import { scopeOf } from '../permissions.ts'
import type { Accounts } from './accounts.ts'
import { KEY_PREFIX } from './ways/apiKeys.ts'

/** Which keys of programs let hear what all appliances say: those whose roles may see the signals of all. */
export const mayListen =
  (accounts: Pick<Accounts, 'whoHas'>) =>
  async (key: string): Promise<boolean> => {
    if (!key.startsWith(KEY_PREFIX)) return false
    const account = await accounts.whoHas(key).catch((error: unknown) => {
      // Expired. What could not be asked is for who asks.
      if (error instanceof Problem && !error.retryable) return null
      throw error
    })
    return account !== null && scopeOf(account.roles, 'signals.see') === 'all'
  }
