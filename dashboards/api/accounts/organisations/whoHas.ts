import type { Account, Accounts } from '../accountsPort.ts'

/** Whose key of a program it is, by the keys and the people of one organisation. @throws Problem `key-expired` */
export async function whoHas(accounts: Pick<Accounts, 'keys' | 'list'>, key: string): Promise<Account | null> {
  const found = await accounts.keys.whose(key)
  const owner = found && (await accounts.list()).find(({ id }) => id === found.account)
  if (!found || !owner || owner.disabled) return null
  // What its owner may not do any more, it may not either.
  const may = owner.roles.includes('admin') ? found.roles : found.roles.filter((role) => owner.roles.includes(role))
  if (may.length === 0) return null
  return {
    id: `key:${found.id}`,
    name: `${owner.name}/${found.name}`,
    roles: may,
    ...(owner.engineer ? { engineer: owner.engineer } : {}),
    ...(found.readOnly ? { readOnly: true as const } : {}),
  }
}
