import { ADDRESS_HEADER, roles } from './accountNames.ts'
import type { AccountView, SignInFrom } from './accountsPort.ts'

/** The library knows people by an address; here they have a name, and no mail goes there. */
export const email = (name: string): string => `${name.toLowerCase()}@accounts.invalid`

/** Where a sign-in comes from, as the library is told. */
export const headersOf = ({ address, agent }: SignInFrom): Headers =>
  new Headers({ [ADDRESS_HEADER]: address, 'user-agent': agent.replace(/[^\x20-\x7e]/g, '?').slice(0, 200) })

/** What stands for the roles of who has none in the first organisation. */
export const ELSEWHERE = 'elsewhere'

/** A user of the library's, as we speak of them: with their roles in the first organisation. */
export function viewOf(user: { id: string; name: string }): AccountView {
  const { role, engineer, disabled, lastSignInAt } = user as {
    role?: string | null
    engineer?: string | null
    disabled?: boolean | number | null
    lastSignInAt?: Date | null
  }
  const kept = role?.split(',') ?? []
  const known = roles.filter((one) => kept.includes(one))
  return {
    id: user.id,
    name: user.name,
    roles: known.length > 0 || role === ELSEWHERE ? known : ['viewer'],
    ...(engineer ? { engineer } : {}),
    disabled: disabled === true || disabled === 1,
    ...(lastSignInAt ? { lastSignInAt: new Date(lastSignInAt).getTime() } : {}),
  }
}

/** Endpoints of our own plugins. */
export interface LinkApi {
  signInByLink(input: { body: { key: string }; asResponse: true; headers: Headers }): Promise<Response>
  signInAs(input: { body: { grant: string }; asResponse: true; headers: Headers }): Promise<Response>
}
