import { type Action, actions, scopeOf, workRoles } from './permissions.ts'
import { type Needs, routePermissions } from './routePermissions.ts'

/** What a call needs; undefined for what is no call: the files of the pages, which hold no data. */
export function needsOfRoute(method: string, route: string): Needs | undefined {
  const known: Record<string, Needs> = routePermissions
  const key = `${method === 'HEAD' ? 'GET' : method} ${route}`
  return Object.hasOwn(known, key) ? known[key] : undefined
}

/** @throws when a call has no entry, or some may do it to what is their own and no way is given to tell whose it is */
export function requireEntry(method: string, route: string): void {
  const needs = needsOfRoute(method, route)
  if (needs === undefined) {
    if (route.startsWith('/api/')) throw new Error(`${method} ${route} has no entry in routePermissions.ts`)
    return
  }
  if (typeof needs === 'object' || !isAction(needs)) return
  const own = workRoles.filter((role) => scopeOf([role], needs) === 'own')
  if (own.length > 0)
    throw new Error(`${method} ${route}: ${own.join(', ')} may '${needs}' what is their own: whose is it?`)
}
const isAction = (needs: string): needs is Action => (actions as readonly string[]).includes(needs)
