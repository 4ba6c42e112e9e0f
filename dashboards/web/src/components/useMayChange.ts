import { useCall } from '../api.ts'

/** Does who looks have a role that changes things? Until it is known: no. */
export function useMayChange(): boolean {
  const { data } = useCall<{ account: { role: string } | null }>('/api/session')
  return !!data?.account && data.account.role !== 'viewer'
}
