import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useRef, useState } from 'react'
import type { Alert } from '../../api.ts'
import { useMay } from '../../components/useMay.tsx'
import type { Deed } from './deeds.ts'
import type { Deeds } from './useDeeds.tsx'
import { type Asking, useInboxKeys } from './useInboxKeys.ts'
import { useSelection } from './useSelection.ts'

/** Forms: they come when something is asked. */
const Ask = lazy(async () => ({ default: (await import('./AskDeed.tsx')).AskDeed }))

/** Walking the list, choosing many, and doing the same to all of them, by keys and by buttons. */
export function useInbox({
  rows,
  shown,
  filter,
  deeds,
}: {
  rows: readonly Alert[]
  shown: Alert | undefined
  filter: (change: { id: string | null }) => void
  deeds: Deeds
}) {
  const navigate = useNavigate()
  const mayHandle = useMay()('alerts.handle')
  const [asking, ask] = useState<Asking>()
  const { selected, toggle, stretch, clear } = useSelection(rows.map(({ id }) => id))
  // Keys come faster than the page is drawn anew: the next one is of where the last one led.
  const ahead = useRef<string>(undefined)
  if (ahead.current === shown?.id) ahead.current = undefined
  const current = (): string | undefined => ahead.current ?? shown?.id
  const go = (id: string | undefined): void => {
    ahead.current = id
    filter({ id: id ?? null })
  }
  const place = (): number => rows.findIndex(({ id }) => id === current())
  const targetsNow = (): readonly string[] => (selected.length > 0 ? selected : [current() ?? []].flat())
  const step = (by: number): void => {
    const next = rows[Math.min(rows.length - 1, Math.max(0, place() + by))]
    if (next) go(next.id)
  }
  const carryOut = (deed: Deed): void => {
    const targets = targetsNow()
    if (targets.length === 0) return
    deeds.carryOut(deed, targets)
    clear()
    if (deed.name === 'note') return
    // On to the one below it, or above where it was the last: it is judged, whether it stays in the list or not.
    const rest = ({ id }: Alert): boolean => !targets.includes(id)
    const here = Math.max(0, place())
    go((rows.slice(here).find(rest) ?? rows.slice(0, here).findLast(rest))?.id)
  }
  const select = (id: string, isStretch: boolean): void => (isStretch ? stretch(id) : toggle(id))
  useInboxKeys({
    asking,
    mayHandle,
    step,
    select: (isStretch) => {
      const id = current()
      if (id !== undefined) select(id, isStretch)
    },
    clear,
    ask: (what) => (what === 'keys' || targetsNow().length > 0) && ask(what),
    acknowledge: () => carryOut({ name: 'acknowledge' }),
    undo: deeds.undo,
    open: () => {
      if (shown) void navigate({ to: shown.ticket ? `/tickets/${shown.ticket}` : `/appliances/${shown.appliance}` })
    },
    read: () => {
      if (!shown) return
      filter({ id: shown.id })
      document.getElementById('alert-pane')?.focus()
    },
  })
  const dialog = asking && (
    <Suspense>
      <Ask asking={asking} count={targetsNow().length} close={() => ask(undefined)} carryOut={carryOut} />
    </Suspense>
  )
  return { selection: { selected, clear, select: mayHandle ? select : undefined }, ask, dialog, carryOut }
}
