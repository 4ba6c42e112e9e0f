import { ApiError } from '../../api.ts'
import { beforeLeaving } from '../../offline/beforeLeaving.ts'
import { deedAnswered, keepDeeds } from '../../offline/keptDeeds.ts'
import { type Sending, send } from './deeds.ts'

/** Browsers carry few calls at once. */
const AT_ONCE = 8

/** One for which it was refused, or nobody answered. */
export interface Failed {
  id: string
  why: unknown
}

/**
 * Sends a deed for many, a few at a time; where the page or the session is left, what still waits goes at once. A browser
 * carries so much and no more: what nobody has answered by then is kept for when they come back.
 * @param isLeaving it is being left already
 * @param who keeps what is left; where nobody knows, nothing is kept
 * @returns those that failed
 */
export async function sendMany(
  { deed, ids, key }: Sending,
  isLeaving: boolean,
  who: string | undefined,
): Promise<Failed[]> {
  const waiting = [...ids]
  const unanswered = new Set(ids)
  const failed: Failed[] = []
  const sendNext = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const sent = id
      const why = await send(deed, sent, key).then(() => undefined, asError)
      if (why) failed.push({ id: sent, why })
      if (why && isPassing(why)) continue
      unanswered.delete(sent)
      deedAnswered(key, sent)
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
  const leave = (): void => {
    if (who !== undefined && unanswered.size > 0) keepDeeds(who, { deed, ids: [...unanswered], key })
    start(waiting.length)
  }
  const stop = onLeaving(leave)
  beforeLeaving.add(ended)
  if (isLeaving) leave()
  else start(AT_ONCE)
  await ended()
  beforeLeaving.delete(ended)
  stop()
  return failed
}

const asError = (why: unknown): unknown => why ?? new Error('refused without a reason')
/** It may be carried out yet: nobody answered, or not now, or they have to sign in again. */
const isPassing = (why: unknown): boolean =>
  !(why instanceof ApiError) || why.status === 0 || why.status === 401 || why.status === 429 || why.status >= 500

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
