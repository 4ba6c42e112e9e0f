import { beforeLeaving } from '../../offline/beforeLeaving.ts'
import { type Deed, send } from './deeds.ts'

/** Browsers carry few calls at once. */
const AT_ONCE = 8

/** One for which it was refused, or nobody answered. */
export interface Failed {
  id: string
  why: unknown
}

/**
 * Sends a deed for many, a few at a time; where the page or the session is left, what still waits goes at once.
 * @param isLeaving it is being left already
 * @returns those that failed
 */
export async function sendMany(deed: Deed, ids: readonly string[], isLeaving: boolean): Promise<Failed[]> {
  const waiting = [...ids]
  const failed: Failed[] = []
  const sendNext = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const sent = id
      await send(deed, sent).catch((why: unknown) => failed.push({ id: sent, why }))
    }
  }
  const running: Promise<void>[] = []
  const start = (count: number): void => {
    for (let i = Math.min(count, waiting.length); i > 0; i--) running.push(sendNext())
  }
  const ended = async (): Promise<void> => {
    // Leaving starts more of them meanwhile.
    for (let i = 0; i < running.length; i++) await running[i]
  }
  const stop = onLeaving(() => start(waiting.length))
  beforeLeaving.add(ended)
  start(isLeaving ? waiting.length : AT_ONCE)
  await ended()
  beforeLeaving.delete(ended)
  stop()
  return failed
}

/** The page goes, or is out of sight: on a phone it may never be heard of again. @returns hears it no more */
export function onLeaving(leave: () => void): () => void {
  const hidden = () => document.visibilityState === 'hidden' && leave()
  addEventListener('pagehide', leave)
  document.addEventListener('visibilitychange', hidden)
  return () => {
    removeEventListener('pagehide', leave)
    document.removeEventListener('visibilitychange', hidden)
  }
}
