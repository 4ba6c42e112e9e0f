import { useEffect, useRef, useState } from 'react'

/**
 * Rows that keep their place while live data moves under them: the order is the one that was last asked for, newcomers
 * stand at the end, and what has gone is left out.
 */
export function useSteady<T>(sorted: T[], keyOf: (row: T) => string, askedFor: string) {
  const [order, setOrder] = useState<string[]>([])
  const latest = useRef(sorted)
  latest.current = sorted
  const isEmpty = order.length === 0 && sorted.length > 0
  // The reader asks by `askedFor`; rows alone move nothing
  useEffect(() => setOrder(latest.current.map(keyOf)), [askedFor, isEmpty])
  const place = new Map(order.map((key, i) => [key, i]))
  const rows = sorted.toSorted((a, b) => (place.get(keyOf(a)) ?? order.length) - (place.get(keyOf(b)) ?? order.length))
  return {
    rows,
    /** The order that the reader would get by asking is another one. */
    isStale: rows.some((row, i) => row !== sorted[i]),
    sortAgain: () => setOrder(sorted.map(keyOf)),
  }
}
