import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Answer } from '../api.ts'
import { ApiError, type AskedOf, call, type Question } from '../call.ts'

/**
 * One question, asked anew every so often while somebody looks; what was answered last stays while nobody answers.
 * @param every ms; absent: asked once
 */
export function useAnswer<C extends Question>(what: C, asked: AskedOf<C>, every?: number) {
  const [data, setData] = useState<Answer<C>>()
  const [error, setError] = useState<ApiError>()
  // Of two that are on their way the later one counts, whichever comes first.
  const newest = useRef(0)
  // What is asked is another object each time, and compared by its text.
  const key = JSON.stringify(asked)
  const refetch = useCallback(async () => {
    const mine = ++newest.current
    try {
      const answer = await call(what, asked)
      if (mine !== newest.current) return
      setData(() => answer)
      setError(undefined)
    } catch (problem) {
      if (mine === newest.current && problem instanceof ApiError) setError(problem)
    }
  }, [what, key])
  useEffect(() => {
    void refetch()
    if (!every) return
    const timer = setInterval(() => document.visibilityState === 'visible' && void refetch(), every)
    return () => clearInterval(timer)
  }, [refetch, every])
  return { data, error, refetch }
}
