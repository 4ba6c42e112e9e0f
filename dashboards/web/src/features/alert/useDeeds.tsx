import { Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useEffect, useRef, useState } from 'react'
import { queries, useCall } from '../../api.ts'
import { useRefusal } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'
import { type Deed, send } from './deeds.ts'

/** So long the last deed can be taken back: nobody has heard of it before. */
const TAKEN_BACK_MS = 8_000

interface Done {
  deed: Deed
  ids: readonly string[]
}

/**
 * Deeds that can be taken back: each is shown at once and sent when its time to be taken back is over, when the next one
 * comes, or when the page is left. What a deed leads to (an owner is told, a visit is cancelled) could not be undone.
 * @param back goes to what was taken back
 */
export function useDeeds(back: (id: string) => void) {
  const { t } = useWords()
  const refused = useRefusal()
  const { data: session } = useCall('GET /api/session', {})
  /** Shown as done: the last one, and those under way. */
  const [done, show] = useState<readonly Done[]>([])
  const last = useRef<Done & { toast: string; timer: ReturnType<typeof setTimeout> }>(undefined)
  const take = (): Done | undefined => {
    const taken = last.current
    last.current = undefined
    if (taken) clearTimeout(taken.timer)
    if (taken) notifications.hide(taken.toast)
    return taken
  }
  const forget = (one: Done) => show((all) => all.filter(({ ids }) => ids !== one.ids))
  const sendLast = async (): Promise<void> => {
    const taken = take()
    if (!taken) return
    const answers = await Promise.allSettled(taken.ids.map((id) => send(taken.deed, id)))
    const failed = answers.find((answer) => answer.status === 'rejected')
    if (failed) refused(failed.reason)
    await queries.invalidateQueries({
      predicate: ({ queryKey: [key] }) => /^\/api\/(?:alerts|tickets|cohorts|marks)/.test(String(key)),
    })
    forget(taken)
  }
  const undo = (): void => {
    const taken = take()
    if (!taken) return
    forget(taken)
    if (taken.ids[0]) back(taken.ids[0])
  }
  const carryOut = (deed: Deed, ids: readonly string[]): void => {
    void sendLast()
    const toast = notifications.show({
      color: 'teal',
      autoClose: false,
      onClose: () => void sendLast(),
      message: (
        <Undoable
          text={t(`deed.done.${deed.name}`, { count: ids.length, to: deed.name === 'assign' ? deed.to : '' })}
          undo={undo}
        />
      ),
    })
    const one = { deed, ids }
    last.current = { ...one, toast, timer: setTimeout(() => void sendLast(), TAKEN_BACK_MS) }
    show((all) => [...all, one])
  }
  const leave = useRef(sendLast)
  leave.current = sendLast
  useEffect(() => {
    const atEnd = () => void leave.current()
    addEventListener('pagehide', atEnd)
    return () => {
      removeEventListener('pagehide', atEnd)
      atEnd()
    }
  }, [])
  return { done, carryOut, undo, me: session?.account?.name ?? '' }
}
export type Deeds = ReturnType<typeof useDeeds>

function Undoable({ text, undo }: { text: string; undo: () => void }) {
  const { t } = useWords()
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm">{text}</Text>
      <Button size="compact-sm" variant="light" onClick={undo}>
        {t('dispatch.undo')} (u)
      </Button>
    </Group>
  )
}
