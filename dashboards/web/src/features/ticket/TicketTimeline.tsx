import { Text, Timeline } from '@mantine/core'
import type { Ticket } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { Panel } from '../../components/Page.tsx'
import { useWords } from '../../words/index.ts'
import { told } from '../../words/told.ts'

/** Every change, who made it, and why; the newest first. */
export function TicketTimeline({ ticket }: { ticket: Ticket }) {
  const { t, lang } = useWords()
  return (
    <Panel title={t('ticket.timeline')}>
      <Timeline bulletSize={12} lineWidth={2}>
        {ticket.history.toReversed().map(({ at, by, from, to, quotes, ...step }, i) => (
          <Timeline.Item
            // A history only grows, and two changes may share a moment
            key={ticket.history.length - i}
            title={
              <Text size="sm" fw={500}>
                {from === to ? t('ticket.noted') : t(`ticketState.${to}`)}
              </Text>
            }
          >
            <Text size="sm" fs={quotes ? 'italic' : undefined}>
              {told(step, 'why', lang)}
            </Text>
            <Text size="xs" c="dimmed">
              <When at={at} /> · {by.replace('user:', '')}
            </Text>
          </Timeline.Item>
        ))}
      </Timeline>
    </Panel>
  )
}
