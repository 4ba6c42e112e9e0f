import { call } from '../api.ts'
import { useWords } from '../words/index.ts'
import { beforeLeaving } from './beforeLeaving.ts'
import { countKeptDeeds } from './keptDeeds.ts'
import { forgetAll, shelf } from './shelf.ts'

/**
 * Leaves for somewhere else: what this browser kept of the day goes, and what was not sent is asked about first.
 * @returns leaves by what is done, and loads a page anew, so that nothing of before is left in it
 */
export function useLeave(): (by: () => Promise<unknown>, to: string) => Promise<void> {
  const { t } = useWords()
  return async (by, to) => {
    const steps = await shelf()
      .then((db) => db.count('writes'))
      .catch(() => 0)
    const count = steps + countKeptDeeds()
    if (count > 0 && !confirm(t('my.leaveUnsent', { count }))) return
    await Promise.allSettled([...beforeLeaving].map((send) => send()))
    await forgetAll()
    await by().catch(() => {})
    location.href = to
  }
}

/** The sign-in page asks who is there. */
export function useSignOut(): () => Promise<void> {
  const leave = useLeave()
  return () => leave(() => call('DELETE /api/session', {}), '/sign-in')
}
