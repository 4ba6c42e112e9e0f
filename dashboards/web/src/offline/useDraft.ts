import { useEffect, useRef, useState } from 'react'
import { shelf } from './shelf.ts'

/**
 * What is half filled in, kept at each change: a dead battery loses nothing. `ready` once what was there before is known.
 * @param key what it is of; another key is another draft
 */
export function useDraft<T>(
  key: string,
  empty: T,
): { draft: T; change: (next: T) => void; clear: () => void; ready: boolean } {
  const [draft, set] = useState(empty)
  const [ready, setReady] = useState(false)
  const touched = useRef(false)
  useEffect(() => {
    let isCurrent = true
    void shelf()
      .then((db) => db.get('drafts', key))
      .then((kept) => {
        if (isCurrent && kept && !touched.current) set(kept.data as T)
      })
      .catch(() => {})
      .finally(() => isCurrent && setReady(true))
    return () => {
      isCurrent = false
    }
  }, [key])
  const change = (next: T): void => {
    touched.current = true
    set(next)
    void shelf()
      .then((db) => db.put('drafts', { key, data: next, at: Date.now() }))
      .catch(() => {})
  }
  const clear = (): void => {
    set(empty)
    void shelf()
      .then((db) => db.delete('drafts', key))
      .catch(() => {})
  }
  return { draft, change, clear, ready }
}
