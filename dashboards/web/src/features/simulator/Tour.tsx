import { Anchor, Checkbox, Group, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useCall } from '../../api.ts'
import { Panel } from '../../components/Page.tsx'
import { useWords } from '../../words/index.ts'
import { useTicketStates } from '../ticket/useMoves.ts'
import { useOwnFault } from './ownFault.ts'

/** Three minutes from a fault to its verified repair, on the fault that was made here; each step ticks itself off. */
export function Tour() {
  const { t } = useWords()
  const stateOf = useTicketStates()
  const [mine] = useOwnFault()
  // In another world, or when its appliance has gone, there is no such fault any more.
  const { data: faults } = useCall('GET /api/simulator/faults', {}, 10_000)
  const newest = faults?.items.find(({ appliance, onset }) => appliance === mine?.appliance && onset === mine?.onset)
  const of = newest ? { appliance: newest.appliance, limit: 20 } : null
  const { data: alerts } = useCall('GET /api/alerts', of, 3_000)
  const { data: tickets } = useCall('GET /api/tickets', of, 3_000)
  const alert = alerts?.items.find(({ openedAt }) => openedAt && newest && openedAt >= newest.onset)
  const ticket = tickets?.items.find(({ createdAt }) => newest && createdAt >= newest.onset)
  const toTicket = ticket ? `/tickets/${ticket.id}` : '/tickets'
  const steps = [
    { key: 'break', done: !!newest, to: '/simulator' },
    { key: 'see', done: !!alert, to: newest ? `/appliances/${newest.appliance}` : '/' },
    { key: 'ticket', done: !!ticket, to: toTicket },
    { key: 'agree', done: !!ticket && stateOf(ticket.state)?.is.includes('undecided') === false, to: toTicket },
    { key: 'close', done: !!ticket?.closure, to: toTicket },
    { key: 'verify', done: ticket?.verification === 'passed', to: toTicket },
    { key: 'score', done: ticket?.verification === 'passed', to: '/scoreboard' },
  ] as const
  return (
    <Panel title={t('tour.title')}>
      <Stack gap={6} component="ol" style={{ listStyle: 'none', padding: 0, margin: 0 }}>
        {steps.map(({ key, done, to }) => (
          <Group key={key} component="li" gap="sm" wrap="nowrap" align="flex-start">
            <Checkbox checked={done} readOnly aria-label={t(`tour.${key}`)} size="xs" mt={3} />
            <Text size="sm">
              <Anchor component={Link} to={to} size="sm">
                {t(`tour.${key}`)}
              </Anchor>{' '}
              <Text span size="sm" c="dimmed">
                {t(`tour.${key}Hint`)}
              </Text>
            </Text>
          </Group>
        ))}
      </Stack>
    </Panel>
  )
}
