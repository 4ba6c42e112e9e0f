import { isLoopback, Problem, type Settings } from '../../../core/index.ts'
import type { Accounts } from './accounts.ts'

/**
 * Reached from outside, the administrator needs a password or a token.
 * @throws Problem `bad-setting`
 */
export async function checkReach(settings: Settings, accounts: Pick<Accounts, 'signInLink'>): Promise<void> {
  if (isLoopback(settings.HOST) || settings.ADMIN_TOKEN || (await accounts.signInLink()) === null) return
  throw new Problem({
    code: 'bad-setting',
    message: `HOST=${settings.HOST} can be reached from outside, and the administrator has no password.`,
    remedy: 'Set ADMIN_PASSWORD or ADMIN_TOKEN, or start on 127.0.0.1 first and set a password.',
    concerns: 'HOST',
  })
}
