import { Card, Group, Text } from '@mantine/core'
import { IconCalendar, IconUser } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Ticket } from '../../api.ts'
import { slotText } from '../../components/plainText.ts'
import { useWords } from '../../words/index.ts'
import { PriorityBadge } from './PriorityBadge.tsx'
import { nextClock, SlaClock } from './SlaClocks.tsx'
import { useEngineerName } from './useEngineerName.ts'
import { useTicketTitle } from './useTicketTitle.ts'

/** A ticket on the board. */
export function TicketCard({ ticket }: { ticket: Ticket }) {
  const { t, lang } = useWords()
  const title = useTicketTitle()
  const engineerName = useEngineerName()
  const clock = nextClock(ticket)
  return (
    <Card withBorder padding="sm" component={Link} to={`/tickets/${ticket.id}`} style={{ textDecoration: 'none' }}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="xs" c="dimmed">
          {ticket.number}
        </Text>
        <PriorityBadge priority={ticket.priority} />
      </Group>
      <Text size="sm" fw={600} lineClamp={2}>
        {title(ticket)}
      </Text>
      <Text size="sm" c="dimmed" truncate>
        {ticket.appliance}
        {ticket.owner ? ` · ${ticket.owner.name}` : ''}
      </Text>
      {ticket.engineer && (
        <Group gap={6} wrap="nowrap">
          <IconUser size={14} aria-hidden />
          <Text size="xs" truncate>
            {engineerName(ticket.engineer)}
          </Text>
        </Group>
      )}
      {ticket.slot && (
        <Group gap={6} wrap="nowrap">
          <IconCalendar size={14} aria-hidden />
          <Text size="xs">{slotText(ticket.slot, lang, ticket.timeZone)}</Text>
        </Group>
      )}
      {clock && <SlaClock clock={clock} />}
      {ticket.verification && <Text size="xs">{t(`ticket.verification.${ticket.verification}`)}</Text>}
      {ticket.heldBy && (
        <Text size="xs" c="dimmed">
          {t('ticket.heldBy', { by: ticket.heldBy.replace('user:', '') })}
        </Text>
      )}
    </Card>
  )
}
