import { Anchor, Table, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type Alert, type Answer, type ApplianceDetail, type Ticket, useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { Empty, Panel } from '../../components/Page.tsx'
import { useClock } from '../../live.ts'
import { useWords } from '../../words/index.ts'

const DAY = 86_400_000

interface Known {
  appliance: ApplianceDetail
  alerts: readonly Alert[]
  tickets: readonly Ticket[]
}

/** Tickets, alerts and what it reported itself, newest first. */
export function ApplianceHistory({ appliance, alerts, tickets }: Known) {
  const { t } = useWords()
  const to = useClock(({ now }) => Math.ceil(now / DAY) * DAY)
  const { data: events } = useCall('GET /api/appliances/:id/events', { id: appliance.id, from: to - 90 * DAY, to })
  const rows = useRows({ appliance, alerts, tickets, events: events?.items ?? [] })
  return (
    <Panel title={t('appliance.history')}>
      {rows.length === 0 ? (
        <Empty>{t('appliance.noHistory')}</Empty>
      ) : (
        <Table.ScrollContainer minWidth={420}>
          <Table verticalSpacing={4}>
            <Table.Tbody>
              {rows.map(({ key, at, what, to, search, name, more }) => (
                <Table.Tr key={key}>
                  <Table.Td w={150}>
                    <When at={at} />
                  </Table.Td>
                  <Table.Td w={90} c="dimmed">
                    {what}
                  </Table.Td>
                  <Table.Td>
                    {to ? (
                      <Anchor component={Link} to={to} search={search as never} size="sm">
                        {name}
                      </Anchor>
                    ) : (
                      name
                    )}
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm">{more.filter(Boolean).join(' · ')}</Text>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Panel>
  )
}

function useRows({
  appliance,
  alerts,
  tickets,
  events,
}: Known & { events: Answer<'GET /api/appliances/:id/events'>['items'] }) {
  const { t } = useWords()
  const names = useNames()
  return [
    ...tickets.map((ticket) => ({
      key: ticket.id,
      at: ticket.createdAt,
      what: t('appliance.ticketRow'),
      to: `/tickets/${ticket.id}`,
      search: {},
      name: ticket.number,
      more: [
        names.mode(appliance.kind, ticket.failureMode),
        t(`ticketState.${ticket.state}`),
        ticket.closure ? ticket.closure.parts.map((part) => names.part(appliance.kind, part)).join(', ') : '',
      ],
    })),
    ...alerts
      .filter(({ openedAt }) => openedAt)
      .map((alert) => ({
        key: alert.id,
        at: alert.openedAt ?? 0,
        what: t('appliance.alertRow'),
        to: '/alerts',
        search: { id: alert.id, state: alert.state },
        name: names.mode(appliance.kind, alert.failureMode),
        more: [t(`alertState.${alert.state}`)],
      })),
    // Bursts have a chart of their own.
    ...events
      .filter(({ type }) => type !== 'burst')
      .slice(-30)
      .map(({ ts, type, code }) => ({
        key: `${ts}/${type}/${code}`,
        at: ts,
        what: t('appliance.eventRow'),
        to: undefined,
        search: {},
        name: type,
        more: [code ?? ''],
      })),
  ].toSorted((a, b) => b.at - a.at)
}
