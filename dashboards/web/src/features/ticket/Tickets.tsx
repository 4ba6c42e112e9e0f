import {
  Badge,
  Button,
  Group,
  ScrollArea,
  SegmentedControl,
  Skeleton,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useMemo } from 'react'
import { type Ticket, useCall } from '../../api.ts'
import { downloadCsv } from '../../components/csv.ts'
import { useNames } from '../../components/names.ts'
import { Empty, Failure, Page } from '../../components/Page.tsx'
import { SortAgain } from '../../components/SortAgain.tsx'
import { useFilters } from '../../components/useFilters.ts'
import { useSteady } from '../../components/useSteady.ts'
import { useFresh } from '../../live.ts'
import { useWords } from '../../words/index.ts'
import { nextClock } from './SlaClocks.tsx'
import { TicketCard } from './TicketCard.tsx'
import { TicketTable } from './TicketTable.tsx'
import { useTicketStates } from './useMoves.ts'

/** Five columns of what is still owed. */
const columns = ['toAgree', 'toPlan', 'planned', 'atWork', 'toVerify'] as const

const slack = (ticket: Ticket): number => nextClock(ticket)?.dueAt ?? Number.POSITIVE_INFINITY
const bySlack = (a: Ticket, b: Ticket): number =>
  slack(a) - slack(b) || a.priority - b.priority || a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1)

/** Where a number of the scoreboard leads: exact values that the tickets have in common. */
const narrowed = ['source', 'kind', 'model', 'version', 'failureMode', 'verdict'] as const

/** Who goes where with what, and is it in time? */
export default function Tickets() {
  const { t } = useWords()
  const names = useNames()
  const stateOf = useTicketStates()
  // A closed one only while its verification runs.
  const columnOf = (ticket: Ticket) =>
    ticket.state === 'closed' && ticket.verification !== 'pending' ? undefined : stateOf(ticket.state)?.column
  const [filters, filter] = useFilters<'view' | 'find' | (typeof narrowed)[number]>()
  const narrow = narrowed.filter((name) => filters[name] !== undefined)
  const isBoard = filters.view !== 'rest' && narrow.length === 0
  const exact = Object.fromEntries(narrow.map((name) => [name, filters[name]]))
  const { data, error, refetch } = useCall('GET /api/tickets', { ...exact, limit: 1000 }, 30_000)
  useFresh(['ticket'], ['/api/tickets'])
  const find = (filters.find ?? '').toLowerCase()
  const sorted = useFound(data?.items, find)
  const { rows, isStale, sortAgain } = useSteady(sorted, ({ id }) => id, find)
  const rest = narrow.length > 0 ? rows : rows.filter((ticket) => !columnOf(ticket))
  return (
    <Page
      title={t('nav.tickets')}
      action={
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          disabled={rows.length === 0}
          onClick={() =>
            downloadCsv(
              'tickets',
              rows.map((ticket) => flat(ticket, names.mode(ticket.kind, ticket.failureMode))),
            )
          }
        >
          {t('common.export')}
        </Button>
      }
    >
      <Group gap="sm">
        <SegmentedControl
          size="xs"
          aria-label={t('ticket.view')}
          value={isBoard ? 'board' : 'rest'}
          onChange={(view) =>
            filter({
              view: view === 'board' ? null : view,
              ...Object.fromEntries(narrowed.map((name) => [name, null])),
            })
          }
          data={[
            { value: 'board', label: t('ticket.board') },
            { value: 'rest', label: `${t('ticket.rest')} (${rest.length})` },
          ]}
        />
        <TextInput
          size="xs"
          w={200}
          aria-label={t('common.filter')}
          placeholder={t('ticket.find')}
          value={filters.find ?? ''}
          onChange={(event) => filter({ find: event.currentTarget.value })}
        />
        {isBoard && isStale && <SortAgain sortAgain={sortAgain} />}
      </Group>
      {narrow.length > 0 && (
        <Narrowed
          by={narrow.map((name) => [name, filters[name]] as const)}
          widen={() => filter(Object.fromEntries(narrowed.map((name) => [name, null])))}
        />
      )}
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={360} />}
      {data && !isBoard && <TicketTable tickets={rest.toSorted((a, b) => b.updatedAt - a.updatedAt)} />}
      {data && isBoard && <Board tickets={rows} columnOf={columnOf} />}
      {data && data.items.length === 0 && <Empty>{t('ticket.empty')}</Empty>}
    </Page>
  )
}

/** Those that hold the words, the next promise first. */
function useFound(items: readonly Ticket[] | undefined, find: string): Ticket[] {
  return useMemo(
    () =>
      (items ?? [])
        .filter(({ number, appliance, engineer, failureMode, kind, owner }) =>
          `${number} ${appliance} ${engineer ?? ''} ${failureMode ?? ''} ${kind} ${owner?.name ?? ''}`
            .toLowerCase()
            .includes(find),
        )
        .toSorted(bySlack),
    [items, find],
  )
}

/** By what the list is narrowed, and the way back to all. */
function Narrowed({ by, widen }: { by: (readonly [string, string | undefined])[]; widen: () => void }) {
  const { t } = useWords()
  return (
    <Group gap="xs">
      <Text size="sm" c="dimmed">
        {t('slices.shown')}
      </Text>
      {by.map(([name, value]) => (
        <Badge key={name} variant="light" tt="none">
          {value || '—'}
        </Badge>
      ))}
      <Button size="compact-xs" variant="subtle" onClick={widen}>
        {t('slices.all')}
      </Button>
    </Group>
  )
}

/** What is still owed, column by column. */
function Board({
  tickets,
  columnOf,
}: {
  tickets: readonly Ticket[]
  columnOf: (ticket: Ticket) => string | null | undefined
}) {
  const { t } = useWords()
  return (
    <div className="board">
      {columns.map((name) => {
        const inColumn = tickets.filter((ticket) => columnOf(ticket) === name)
        return (
          <section key={name} aria-label={t(`ticket.columns.${name}`)} style={{ minWidth: 0 }}>
            <Group gap="xs" mb="sm">
              <Title order={2} fz="sm">
                {t(`ticket.columns.${name}`)}
              </Title>
              <Badge variant="light" color="gray" size="sm">
                {inColumn.length}
              </Badge>
            </Group>
            <ScrollArea.Autosize mah="calc(100vh - 220px)" type="auto" offsetScrollbars="present">
              <Stack gap="sm">
                {inColumn.map((ticket) => (
                  <TicketCard key={ticket.id} ticket={ticket} />
                ))}
                {inColumn.length === 0 && (
                  <Text size="sm" c="dimmed">
                    {t(`ticket.emptyColumn.${name}`)}
                  </Text>
                )}
              </Stack>
            </ScrollArea.Autosize>
          </section>
        )
      })}
    </div>
  )
}

const flat = (ticket: Ticket, mode: string) => ({
  number: ticket.number,
  appliance: ticket.appliance,
  state: ticket.state,
  source: ticket.source,
  failureMode: mode,
  priority: ticket.priority,
  engineer: ticket.engineer,
  createdAt: new Date(ticket.createdAt).toISOString(),
  slotFrom: ticket.slot ? new Date(ticket.slot.from).toISOString() : '',
  verdict: ticket.closure?.verdict,
  verification: ticket.verification,
})
