export type PushState = 'off' | 'on' | 'impossible' | 'refused'

/** Whether this browser is told while no page of ours is open, and whether it can be. */
export async function pushState(): Promise<PushState> {
  if (!('serviceWorker' in navigator) || !('PushManager' in window)) return 'impossible'
  if (Notification.permission === 'denied') return 'refused'
  const registration = await navigator.serviceWorker.getRegistration()
  return (await registration?.pushManager.getSubscription()) ? 'on' : 'off'
}

/**
 * Asks whether this browser may be told, and tells the server where.
 * @param tell answers falsely when the server refused, which has been said by then
 */
export async function subscribe(
  key: string,
  tell: (subscription: PushSubscriptionJSON) => Promise<unknown>,
): Promise<PushState> {
  if ((await Notification.requestPermission()) !== 'granted') return 'refused'
  try {
    await navigator.serviceWorker.register('/sw.js')
    const registration = await navigator.serviceWorker.ready
    const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })
    return (await tell(subscription.toJSON())) ? 'on' : 'off'
  } catch {
    // The browser has no push service that it can reach.
    return 'impossible'
  }
}
