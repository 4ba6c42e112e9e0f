import { notifications } from '@mantine/notifications'
import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useRef, useState } from 'react'
import type { Alert } from '../../api.ts'
import { useMay } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'
import { type Deed, fitting } from './deeds.ts'
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
  const { t } = useWords()
  const mayHandle = useMay()('alerts.handle')
  // Of which it was asked: the list moves on under a dialog.
  const [asking, askOf] = useState<{ what: Asking; targets: readonly string[] }>()
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
  const ask = (what: Asking, targets = targetsNow()): void => {
    if (what === 'keys' || targets.length > 0) askOf({ what, targets })
  }
  const carryOut = (deed: Deed, of = targetsNow()): void => {
    const targets = fitting(deed, of, shown ? [...rows, shown] : rows)
    if (of.length > 0 && targets.length === 0) notifications.show({ color: 'yellow', message: t('deed.fitsNone') })
    if (targets.length === 0) return
    deeds.carryOut(deed, targets)
    clear()
    if (deed.name === 'note') return
    go(nextOf(rows, Math.max(0, place()), targets))
  }
  const select = (id: string, isStretch: boolean): void => (isStretch ? stretch(id) : toggle(id))
  useInboxKeys({
    isAsking: asking !== undefined,
    mayHandle,
    step,
    select: (isStretch) => {
      const id = current()
      if (id !== undefined) select(id, isStretch)
    },
    clear,
    ask,
    acknowledge: () => carryOut({ name: 'acknowledge' }),
    undo: deeds.undo,
    open: () => {
      const to = shown && pageOf(shown)
      if (to) void navigate({ to })
    },
    read: () => {
      const id = current()
      if (id === undefined) return
      go(id)
      document.getElementById('alert-pane')?.focus()
    },
  })
  const dialog = asking && (
    <Suspense>
      <Ask
        asking={asking.what}
        count={asking.targets.length}
        close={() => askOf(undefined)}
        carryOut={(deed) => carryOut(deed, asking.targets)}
      />
    </Suspense>
  )
  return { selection: { selected, clear, select: mayHandle ? select : undefined }, go, ask, dialog, carryOut }
}

/** On to the one below those that were judged, or above where they were the last: whether they stay in the list or not. */
function nextOf(rows: readonly Alert[], here: number, judged: readonly string[]): string | undefined {
  const rest = ({ id }: Alert): boolean => !judged.includes(id)
  return (rows.slice(here).find(rest) ?? rows.slice(0, here).findLast(rest))?.id
}

/** Its ticket's, or its appliance's; a gateway is no appliance, and has none. */
const pageOf = ({ ticket, kind, appliance }: Alert): string | undefined =>
  ticket ? `/tickets/${ticket}` : kind === 'gateway' ? undefined : `/appliances/${appliance}`
