import type { SessionView } from '../api.ts'
import type { Sending } from '../features/alert/deeds.ts'

/** At once, as the page goes: what is kept elsewhere may not have been written by then. */
const PLACE = 'hearthwatch-deeds'
/** Older ones are no longer meant. */
const KEPT_MS = 7 * 86_400_000

interface Kept extends Sending {
  who: string
  /** By this browser's clock. */
  at: number
}

/** Whose deeds they are: nobody carries out what somebody else decided, or what was decided in another organisation. */
export const whoOf = (session: Pick<SessionView, 'account' | 'organisation'> | undefined): string | undefined =>
  session?.account ? `${session.organisation ?? ''}/${session.account.id}` : undefined

function all(): Kept[] {
  try {
    return JSON.parse(localStorage.getItem(PLACE) ?? '[]')
  } catch {
    // A browser that keeps nothing, or something that is not ours.
    return []
  }
}
function keep(kept: readonly Kept[]): void {
  try {
    if (kept.length > 0) localStorage.setItem(PLACE, JSON.stringify(kept))
    else localStorage.removeItem(PLACE)
  } catch {
    // A browser that keeps nothing, or is full: they go out as far as it carries them.
  }
}

/** What may not go out any more, as the page is left. */
export function keepDeeds(who: string, { deed, ids, key }: Sending): void {
  const others = all().filter((one) => one.key !== key)
  keep([...others, { who, at: Date.now(), deed, ids, key }])
}

/** Somebody has answered it, whatever was said. */
export function deedAnswered(key: string, id: string): void {
  const kept = all()
  if (!kept.some((one) => one.key === key)) return
  keep(
    kept.flatMap((one) => {
      const ids = one.key === key ? one.ids.filter((other) => other !== id) : one.ids
      return ids.length > 0 ? [{ ...one, ids }] : []
    }),
  )
}

/** What they decided and nobody has answered, the oldest first; of nobody else, and not for ever. */
export function keptDeeds(who: string): Sending[] {
  const since = Date.now() - KEPT_MS
  const kept = all()
  const recent = kept.filter(({ at }) => at > since)
  if (recent.length < kept.length) keep(recent)
  return recent.filter((one) => one.who === who)
}

/** How many would be lost. */
export const countKeptDeeds = (): number => all().reduce((sum, { ids }) => sum + ids.length, 0)

export const forgetDeeds = (): void => keep([])
