import { Group, Text } from '@mantine/core'
import { IconAlarm, IconCircleCheck, IconFlame } from '@tabler/icons-react'
import type { Ticket } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { useClock } from '../../live.ts'
import { useWords } from '../../words/index.ts'

const clockNames = [
  'first-response',
  'owner-answer',
  'on-site',
  'visit',
  'call-back',
  'contact',
  'parts',
  'second-contact',
  'rating',
  'remote',
  'questions',
] as const
type ClockName = (typeof clockNames)[number]

/** The clock that runs out next; none when nothing is owed. */
export const nextClock = (ticket: Ticket): Ticket['clocks'][number] | undefined =>
  ticket.clocks.filter(({ doneAt }) => doneAt === undefined || doneAt === null).toSorted((a, b) => a.dueAt - b.dueAt)[0]

export function useClockName(): (name: string) => string {
  const { t } = useWords()
  return (name) => ((clockNames as readonly string[]).includes(name) ? t(`ticket.clocks.${name as ClockName}`) : name)
}

/** One promise with what is left of it; overdue has a shape of its own. */
export function SlaClock({ clock }: { clock: Ticket['clocks'][number] }) {
  const { t } = useWords()
  const name = useClockName()
  const isLate = useClock(({ now }) => !clock.doneAt && clock.dueAt < now)
  const wasLate = clock.doneAt ? clock.doneAt > clock.dueAt : false
  const Icon = clock.doneAt ? IconCircleCheck : isLate ? IconFlame : IconAlarm
  return (
    <Group gap={6} wrap="nowrap" c={isLate || wasLate ? 'var(--late)' : clock.doneAt ? 'dimmed' : undefined}>
      <Icon size={14} aria-hidden style={{ flexShrink: 0 }} />
      <Text size="xs" inherit={false}>
        {name(clock.name)}:{' '}
        {clock.doneAt ? t(wasLate ? 'ticket.doneLate' : 'ticket.done') : isLate ? t('ticket.overdue') : ''}{' '}
        <When at={clock.doneAt ?? clock.dueAt} />
      </Text>
    </Group>
  )
}
