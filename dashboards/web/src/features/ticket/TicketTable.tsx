import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Ticket } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { Listing } from '../../components/Listing.tsx'
import { useWords } from '../../words/index.ts'
import { useEngineerName } from './useEngineerName.ts'
import { useTicketTitle } from './useTicketTitle.ts'

/** Tickets as rows. */
export function TicketTable({ tickets }: { tickets: readonly Ticket[] }) {
  const { t } = useWords()
  const title = useTicketTitle()
  const engineerName = useEngineerName()
  return (
    <Listing
      name="tickets"
      rows={tickets}
      keyOf={({ id }) => id}
      empty={t('ticket.emptyRest')}
      columns={[
        {
          key: 'number',
          label: t('ticket.number'),
          value: ({ number }) => number,
          render: ({ id, number }) => (
            <Anchor component={Link} to={`/tickets/${id}`} size="sm">
              {number}
            </Anchor>
          ),
        },
        {
          key: 'appliance',
          label: t('common.appliance'),
          value: ({ appliance }) => appliance,
          render: ({ appliance }) => (
            <Anchor component={Link} to={`/appliances/${appliance}`} size="sm">
              {appliance}
            </Anchor>
          ),
        },
        {
          key: 'mode',
          label: t('common.failureMode'),
          value: title,
        },
        { key: 'state', label: t('common.state'), value: ({ state }) => t(`ticketState.${state}`) },
        {
          key: 'verdict',
          label: t('ticket.verdict'),
          value: ({ closure }) => (closure?.verdict ? t(`ticket.verdicts.${closure.verdict}`) : ''),
        },
        { key: 'engineer', label: t('ticket.engineer'), value: ({ engineer }) => engineer && engineerName(engineer) },
        {
          key: 'at',
          label: t('ticket.created'),
          value: ({ createdAt }) => createdAt,
          render: ({ createdAt }) => <When at={createdAt} />,
        },
      ]}
    />
  )
}
