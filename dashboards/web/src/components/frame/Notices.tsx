import { useNotifications } from '@mantine/notifications'
import { lazy, Suspense } from 'react'

const Shown = lazy(() => import('./NoticeList.tsx'))

/** What was done, and what was refused, is said over the page; how is loaded when there is something to say. */
export function Notices() {
  const { notifications } = useNotifications()
  return notifications.length > 0 ? (
    <Suspense>
      <Shown position="top-center" />
    </Suspense>
  ) : null
}
