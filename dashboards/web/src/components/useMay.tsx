import type { ReactNode } from 'react'
import type { Action, Scope } from '../../../api/permissions.ts'
import { useCall } from '../api.ts'

/** What who looks may do, by the server's own table: nobody sees a button that would be refused. Until it is known: nothing. */
export function useMay(): (action: Action, scope?: Scope) => boolean {
  const { data } = useCall('GET /api/session', {})
  return (action, scope = 'all') => data?.may[action] === 'all' || (scope === 'own' && data?.may[action] === 'own')
}

/** What is shown to those alone who may do it. */
export function Allowed({ to, children }: { to: Action; children: ReactNode }) {
  return useMay()(to) ? children : null
}
