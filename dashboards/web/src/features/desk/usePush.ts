import { useEffect, useState } from 'react'
import { useCall } from '../../api.ts'
import { useAction } from '../../components/useAction.ts'
import { type PushState, pushState, subscribe } from '../../offline/webPush.ts'

/** Lets this browser be told for the desk while no page of ours is open. */
export function usePush() {
  const { data } = useCall('GET /api/push/key', {})
  const { act, busy } = useAction()
  const [state, setState] = useState<PushState>('impossible')
  const key = data?.key
  useEffect(() => {
    if (key) void pushState().then(setState)
  }, [key])
  const enable = async () => {
    if (key) setState(await subscribe(key, (said) => act('POST /api/push/subscriptions', {}, said)))
  }
  const disable = async () => {
    const registration = await navigator.serviceWorker.getRegistration()
    const subscription = await registration?.pushManager.getSubscription()
    if (subscription) {
      const { endpoint } = subscription
      if (!(await act('DELETE /api/push/subscriptions', {}, { endpoint }))) return
      await subscription.unsubscribe()
    }
    setState('off')
  }
  return { state, toggle: state === 'on' ? disable : enable, busy }
}
