import { call } from '../api.ts'
import { useWords } from '../words/index.ts'
import { forgetAll, shelf } from './shelf.ts'

/** Leaves: what this browser kept of the day goes, and what was not sent is asked about first. The sign-in page asks who is there. */
export function useSignOut(): () => Promise<void> {
  const { t } = useWords()
  return async () => {
    const count = await shelf()
      .then((db) => db.count('writes'))
      .catch(() => 0)
    if (count > 0 && !confirm(t('my.leaveUnsent', { count }))) return
    await forgetAll()
    await call('DELETE /api/session', {}).catch(() => {})
    location.href = '/sign-in'
  }
}
