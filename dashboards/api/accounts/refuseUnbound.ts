import { Problem } from '../../../core/index.ts'
import type { Role } from './accountNames.ts'
import type { AccountView } from './accountsPort.ts'

/** @throws Problem `no-engineer`: an engineer's account without theirs would have no job of its own */
export function refuseUnbound(roles: readonly Role[], engineer: string | undefined): void {
  if (!roles.includes('engineer') || engineer) return
  throw new Problem({
    code: 'no-engineer',
    message: 'An engineer’s account has to say whose jobs are its own.',
    remedy: 'Give `engineer`, an id of GET /api/engineers.',
    concerns: 'engineer',
    status: 422,
  })
}

/** Somebody must be left who may change accounts. @throws Problem `last-admin` */
export function refuseLastAdmin(account: AccountView, all: readonly AccountView[]): void {
  if (!account.roles.includes('admin') || account.disabled) return
  if (all.some(({ id, roles, disabled }) => id !== account.id && roles.includes('admin') && !disabled)) return
  throw new Problem({
    code: 'last-admin',
    message: `${account.name} is the last administrator.`,
    remedy: 'Make somebody else an administrator first.',
    concerns: account.name,
    status: 409,
  })
}
