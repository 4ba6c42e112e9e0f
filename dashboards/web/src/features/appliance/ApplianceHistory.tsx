import { Anchor, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type Alert, type Answer, type ApplianceDetail, type Ticket, useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { Empty, Panel } from '../../components/Page.tsx'
import { type Cell, Rows } from '../../components/Rows.tsx'
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
  const cells: Cell<(typeof rows)[number]>[] = [
    { key: 'at', label: t('appliance.at'), width: 150, render: ({ at }) => <When at={at} /> },
    {
      key: 'what',
      label: t('appliance.what'),
      width: 90,
      render: ({ what }) => (
        <Text span inherit c="dimmed">
          {what}
        </Text>
      ),
    },
    {
      key: 'name',
      label: t('appliance.name'),
      isTitle: true,
      render: ({ to, search, name }) =>
        to ? (
          <Anchor component={Link} to={to} search={search as never} size="sm">
            {name}
          </Anchor>
        ) : (
          name
        ),
    },
    { key: 'more', label: t('appliance.more'), render: ({ more }) => more.filter(Boolean).join(' · ') },
  ]
  return (
    <Panel title={t('appliance.history')}>
      {rows.length === 0 ? (
        <Empty>{t('appliance.noHistory')}</Empty>
      ) : (
        <Rows cells={cells} rows={rows} keyOf={({ key }) => key} minWidth={420} />
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
