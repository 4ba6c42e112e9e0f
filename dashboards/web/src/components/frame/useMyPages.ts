import { useCall } from '../../api.ts'
import { pagesOf } from './navigation.ts'

/** The pages of who looks; while that is not known, none. */
export function useMyPages() {
  const { data } = useCall('GET /api/session', {})
  return pagesOf(data ?? { account: null, may: {} })
}
