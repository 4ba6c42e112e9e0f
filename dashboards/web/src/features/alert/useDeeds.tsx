import { Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useEffect, useRef, useState } from 'react'
import { queries, useCall } from '../../api.ts'
import { useReason } from '../../components/useAction.ts'
import { beforeLeaving } from '../../offline/beforeLeaving.ts'
import { whoOf } from '../../offline/keptDeeds.ts'
import { newKey } from '../../offline/newKey.ts'
import { useWords } from '../../words/index.ts'
import type { Deed, Sending } from './deeds.ts'
import { type Failed, onLeaving, sendMany } from './sendMany.ts'

/** So long the last deed can be taken back: nobody has heard of it before. */
const TAKEN_BACK_MS = 8_000

/**
 * Deeds that can be taken back: each is shown at once and sent when its time to be taken back is over, when the next one
 * comes, or when the page is left or out of sight. What a deed leads to (an owner is told, a visit is cancelled) could not be undone.
 * @param back goes to what was taken back
 */
export function useDeeds(back: (id: string) => void) {
  const { t } = useWords()
  const done = useDone()
  const failed = useFailed()
  const { data: session } = useCall('GET /api/session', {})
  /** Shown as done: the last one, and those under way. */
  const [shown, show] = useState<readonly Sending[]>([])
  const last = useRef<Sending & { toast: string; timer: ReturnType<typeof setTimeout> }>(undefined)
  const take = (): Sending | undefined => {
    const taken = last.current
    last.current = undefined
    if (taken) clearTimeout(taken.timer)
    if (taken) notifications.hide(taken.toast)
    return taken
  }
  const forget = (one: Sending) => show((all) => all.filter(({ ids }) => ids !== one.ids))
  /** @returns whether it was carried out for all */
  const sendOut = async (one: Sending, isLeaving = false): Promise<boolean> => {
    const without = await sendMany(one, isLeaving, whoOf(session))
    if (without.length > 0) failed(one, without, (rest) => void sendAgain({ ...one, ids: rest }))
    await queries.invalidateQueries({
      predicate: ({ queryKey: [key] }) => /^\/api\/(?:alerts|tickets|cohorts|marks)/.test(String(key)),
    })
    forget(one)
    return without.length === 0
  }
  // It could be taken back before; now it is meant.
  const sendAgain = async (one: Sending): Promise<void> => {
    show((all) => [...all, one])
    if (await sendOut(one)) notifications.show({ color: 'teal', message: done(one) })
  }
  const sendLast = async (isLeaving = false): Promise<void> => {
    const taken = take()
    if (taken) await sendOut(taken, isLeaving)
  }
  const undo = (): void => {
    const taken = take()
    if (!taken) return
    forget(taken)
    if (taken.ids[0]) back(taken.ids[0])
  }
  const carryOut = (deed: Deed, ids: readonly string[]): void => {
    void sendLast()
    const one = { deed, ids, key: newKey() }
    const toast = notifications.show({
      color: 'teal',
      autoClose: false,
      onClose: () => void sendLast(),
      message: <WithButton text={done(one)} button={`${t('dispatch.undo')} (u)`} press={undo} />,
    })
    last.current = { ...one, toast, timer: setTimeout(() => void sendLast(), TAKEN_BACK_MS) }
    show((all) => [...all, one])
  }
  const leave = useRef(sendLast)
  leave.current = sendLast
  useEffect(() => {
    const atEnd = () => leave.current()
    beforeLeaving.add(atEnd)
    const stop = onLeaving(() => void leave.current(true))
    return () => {
      beforeLeaving.delete(atEnd)
      stop()
      void atEnd()
    }
  }, [])
  return { done: shown, carryOut, undo, me: session?.account?.name ?? '' }
}
export type Deeds = ReturnType<typeof useDeeds>

/** What was done, in words. */
function useDone(): (done: Sending) => string {
  const { t } = useWords()
  return ({ deed, ids }) =>
    t(`deed.done.${deed.name}`, { count: ids.length, to: deed.name === 'assign' ? deed.to : '' })
}

/** Says for how many a deed failed and why, until it is tried again or put away. */
function useFailed(): (one: Sending, failed: readonly Failed[], again: (ids: readonly string[]) => void) => void {
  const { t } = useWords()
  const reason = useReason()
  return ({ ids }, failed, again) => {
    const { what, remedy } = reason(failed[0]?.why)
    const toast = notifications.show({
      color: 'red',
      autoClose: false,
      title: t('deed.failed', { failed: failed.length, of: ids.length }),
      message: (
        <WithButton
          text={`${what} ${remedy}`.trim()}
          button={t('deed.again')}
          press={() => {
            notifications.hide(toast)
            again(failed.map(({ id }) => id))
          }}
        />
      ),
    })
  }
}

function WithButton({ text, button, press }: { text: string; button: string; press: () => void }) {
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm">{text}</Text>
      <Button size="compact-sm" variant="light" onClick={press} style={{ flexShrink: 0 }}>
        {button}
      </Button>
    </Group>
  )
}
