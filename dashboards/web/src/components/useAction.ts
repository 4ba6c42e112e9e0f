import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { type Answer, ApiError, type AskedOf, type Change, call, queries } from '../api.ts'
import { useWords } from '../words/index.ts'

/** Why something was refused, and what to do. */
export function useReason(): (error: unknown) => { what: string; remedy: string } {
  const { t } = useWords()
  return (error) => {
    const known = error instanceof ApiError && error.status !== 0 ? error : undefined
    return { what: known ? known.message : t('common.offline'), remedy: known?.remedy ?? '' }
  }
}

/** Says why something was refused, and what to do. */
export function useRefusal(): (error: unknown) => void {
  const reason = useReason()
  return (error) => {
    const { what, remedy } = reason(error)
    notifications.show({ color: 'red', title: what, message: remedy, autoClose: 10_000 })
  }
}

/** Sends one command, says what came of it, and loads afresh what it may have changed. */
export function useAction() {
  const refused = useRefusal()
  const [busy, setBusy] = useState<string>()
  /** @returns the answer, or undefined when it was refused (which has been said by then) */
  const act = async <C extends Change>(
    what: C,
    asked: AskedOf<C>,
    body?: unknown,
    said?: string,
  ): Promise<Answer<C> | undefined> => {
    setBusy(what)
    try {
      const answer = await call(what, asked, body)
      if (said) notifications.show({ message: said, color: 'teal' })
      void queries.invalidateQueries({ predicate: ({ queryKey: [key] }) => key !== '/api/catalog' })
      return answer
    } catch (error) {
      refused(error)
      return undefined
    } finally {
      setBusy(undefined)
    }
  }
  return { act, busy: busy !== undefined, busyWith: busy }
}
