import { notifications } from '@mantine/notifications'
import { useEffect } from 'react'
import { queries, useCall } from '../../api.ts'
import { keptDeeds, whoOf } from '../../offline/keptDeeds.ts'
import { useWords } from '../../words/index.ts'
import { useReason } from '../useAction.ts'

/** Deeds that a page could not send any more as it was left are sent when the same person comes back, and that is said. */
export function useKeptDeeds(): void {
  const { t } = useWords()
  const reason = useReason()
  const who = whoOf(useCall('GET /api/session', {}).data)
  useEffect(() => {
    if (!who || keptDeeds(who).length === 0) return
    void import('../../features/alert/sendKept.ts').then(async ({ sendKept }) => {
      const { count, failed } = await sendKept(who)
      if (count > failed.length)
        notifications.show({ color: 'teal', message: t('deed.sentNow', { count: count - failed.length }) })
      if (failed.length > 0)
        notifications.show({
          color: 'red',
          autoClose: false,
          title: t('deed.failed', { failed: failed.length, of: count }),
          message: Object.values(reason(failed[0]?.why)).join(' ').trim(),
        })
      await queries.invalidateQueries()
    })
  }, [who])
}
