import { useState } from 'react'

/** Rows that are selected, one by one or a stretch from the last one to this one. */
export function useSelection(ids: readonly string[]) {
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set())
  const [anchor, anchorAt] = useState<string>()
  // What has left the list is selected no more.
  const selected = ids.filter((id) => chosen.has(id))
  return {
    selected,
    toggle: (id: string): void => {
      choose(new Set(chosen.has(id) ? selected.filter((one) => one !== id) : [...selected, id]))
      anchorAt(id)
    },
    stretch: (id: string): void => {
      const [from = 0, to = 0] = [ids.indexOf(anchor ?? id), ids.indexOf(id)].sort((a, b) => a - b)
      choose(new Set([...selected, ...ids.slice(Math.max(0, from), to + 1)]))
      anchorAt(id)
    },
    clear: (): void => choose(new Set()),
  }
}
