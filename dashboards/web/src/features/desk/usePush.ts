import { useEffect, useState } from 'react'
import { useCall } from '../../api.ts'
import { useAction } from '../../components/useAction.ts'

export type PushState = 'off' | 'on' | 'impossible' | 'refused'

/** Where a browser says that it wants to be told. */
type Subscribe = (subscription: PushSubscriptionJSON) => Promise<unknown>

/**
 * Lets this browser be told while no page of ours is open.
 * @param subscribe for whom; absent: for the desk
 */
export function usePush(subscribe?: Subscribe) {
  const { data } = useCall('GET /api/push/key', {})
  const { act, busy } = useAction()
  const [state, setState] = useState<PushState>('impossible')
  const key = data?.key
  useEffect(() => {
    if (!key || !('serviceWorker' in navigator) || !('PushManager' in window)) return
    if (Notification.permission === 'denied') return setState('refused')
    void navigator.serviceWorker
      .getRegistration()
      .then((registration) => registration?.pushManager.getSubscription())
      .then((subscription) => setState(subscription ? 'on' : 'off'))
  }, [key])
  const enable = async () => {
    if (!key) return
    if ((await Notification.requestPermission()) !== 'granted') return setState('refused')
    try {
      await navigator.serviceWorker.register('/sw.js')
      const registration = await navigator.serviceWorker.ready
      const subscription = await registration.pushManager.subscribe({
        userVisibleOnly: true,
        applicationServerKey: key,
      })
      const said = subscription.toJSON()
      if (await (subscribe ? subscribe(said) : act('POST /api/push/subscriptions', {}, said))) setState('on')
    } catch {
      // The browser has no push service that it can reach.
      setState('impossible')
    }
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
