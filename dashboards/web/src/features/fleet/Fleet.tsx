import {
  Anchor,
  Box,
  Button,
  Card,
  Group,
  SegmentedControl,
  SimpleGrid,
  Skeleton,
  Stack,
  Text,
  Title,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconHammer } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { type Fleet, type HealthStatus, useCall } from '../../api.ts'
import { glyph, number, useDuration } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { Failure, Page, Waiting } from '../../components/Page.tsx'
import { Stat } from '../../components/Stat.tsx'
import { useFilters } from '../../components/useFilters.ts'
import { useEvents, useFresh } from '../../live.ts'
import { useWords } from '../../words/index.ts'
import { CohortLines, OPEN_NOTICES } from '../alert/CohortNotices.tsx'
import { UnheardOnes } from '../connect/UnheardOnes.tsx'
import { Lapse } from '../simulator/Lapse.tsx'
import { GroupMosaic, Mosaic } from './Mosaic.tsx'
import { NewestAlerts, useForecast } from './NewestAlerts.tsx'

const InjectModal = lazy(async () => ({ default: (await import('../simulator/InjectFault.tsx')).InjectModal }))

const statuses = ['healthy', 'watch', 'visit', 'silent', 'learning'] as const

/** Is everything all right? */
export default function FleetPage() {
  const { t } = useWords()
  const names = useNames()
  const [filters, filter] = useFilters<'kind' | 'status' | 'model'>()
  const { data, error, refetch } = useCall('GET /api/fleet', {}, 5_000)
  const { data: simulator, isPending: isSimulatorPending } = useCall('GET /api/simulator', {}, 2_000)
  const { isPending: areNoticesPending } = useCall('GET /api/cohorts', OPEN_NOTICES, 30_000)
  const [rate, setRate] = useState<number>()
  useEvents('fleet', ({ readingsPerSecond }) => setRate(readingsPerSecond))
  useFresh(['health', 'ticket'], ['/api/fleet'])
  // What stands above the mosaic comes at once: nothing that is being read moves.
  if ((!data && !error) || isSimulatorPending || areNoticesPending) return <Waiting title={t('nav.fleet')} />
  const kinds = [...new Set([...(data?.cells ?? []), ...(data?.groups ?? [])].map(({ kind }) => kind))]
  return (
    <Page
      title={t('nav.fleet')}
      action={
        simulator?.appliances ? (
          <BreakOne />
        ) : (
          <Button component={Link} to="/connect">
            {t('connect.title')}
          </Button>
        )
      }
    >
      {error && <Failure error={error} retry={() => void refetch()} />}
      {simulator?.lapse && <Lapse lapse={simulator.lapse} now={simulator.now} />}
      {data && <Sentence fleet={data} choose={(status) => filter({ status })} />}
      <CohortLines />
      <Numbers fleet={data} rate={rate} />
      <div className="fleet-columns">
        <Card withBorder padding="md">
          <Group justify="space-between" mb="md" gap="sm">
            <Legend status={filters.status} choose={(status) => filter({ status })} />
            {kinds.length > 1 && (
              <SegmentedControl
                size="xs"
                aria-label={t('common.kind')}
                value={filters.kind ?? ''}
                onChange={(kind) => filter({ kind, model: null })}
                data={[
                  { value: '', label: t('common.all') },
                  ...kinds.map((kind) => ({ value: kind, label: names.kind(kind) })),
                ]}
              />
            )}
          </Group>
          {data?.cells && (
            <Mosaic
              cells={data.cells.filter(({ kind }) => !filters.kind || kind === filters.kind)}
              status={filters.status}
            />
          )}
          {data?.groups && !filters.model && (
            <GroupMosaic
              groups={data.groups.filter(({ kind }) => !filters.kind || kind === filters.kind)}
              choose={(kind, model) => filter({ kind, model })}
            />
          )}
          {data?.groups && filters.model && (
            <OneModel kind={filters.kind ?? ''} model={filters.model} status={filters.status} />
          )}
          {data?.total === 0 && (
            <Text c="dimmed" size="sm" py="xl" ta="center">
              {t('fleet.empty')}{' '}
              <Anchor component={Link} to="/connect">
                {t('connect.title')}
              </Anchor>
            </Text>
          )}
        </Card>
        <NewestAlerts />
      </div>
      <UnheardOnes />
    </Page>
  )
}

/** In the simulated world one sees the product at work by breaking something. */
function BreakOne() {
  const { t } = useWords()
  const navigate = useNavigate()
  const [isBreaking, breaking] = useDisclosure()
  return (
    <>
      <Button leftSection={<IconHammer size={16} aria-hidden />} onClick={breaking.open}>
        {t('simulator.breakOne')}
      </Button>
      {isBreaking && (
        <Suspense>
          <InjectModal
            opened
            close={breaking.close}
            done={(fault) => void navigate({ to: '/appliances/$id', params: { id: fault.appliance } })}
          />
        </Suspense>
      )}
    </>
  )
}

function Numbers({ fleet, rate }: { fleet: Fleet | undefined; rate: number | undefined }) {
  const { t, lang } = useWords()
  const duration = useDuration()
  const forecast = useForecast()
  const lag = fleet ? fleet.oldestUnscoredMs / 1000 : undefined
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
      <Stat label={t('fleet.readingsPerSecond')} value={number(rate ?? fleet?.readingsPerSecond, lang, 0)} />
      <Stat
        label={t('fleet.lag')}
        value={lag === undefined ? '—' : lag < 120 ? `${number(lag, lang, 1)} s` : duration(lag / 3600)}
      />
      <Stat label={t('fleet.openTickets')} value={number(fleet?.openTickets, lang)} to="/tickets" />
      <Stat label={t('fleet.forecast')} value={number(forecast, lang)} to="/alerts" hint={t('fleet.forecastHint')} />
    </SimpleGrid>
  )
}

/** `297 of 300 healthy, 2 need a visit, 1 silent`; each part narrows the mosaic. */
function Sentence({ fleet, choose }: { fleet: Fleet; choose: (status: HealthStatus) => void }) {
  const { t } = useWords()
  const parts = (['visit', 'watch', 'silent', 'learning'] as const).filter((status) => fleet.counts[status])
  const count = (status: HealthStatus) => fleet.counts[status] ?? 0
  return (
    <Title order={2} fz={{ base: 18, sm: 22 }} fw={500} aria-live="off">
      {t('fleet.healthyOf', { healthy: count('healthy'), total: fleet.total })}
      {parts.map((status) => (
        <span key={status}>
          {t('fleet.comma')}
          <Anchor component="button" type="button" inherit onClick={() => choose(status)}>
            {t(`fleet.sentence.${status}`, { count: count(status) })}
          </Anchor>
        </span>
      ))}
    </Title>
  )
}

function Legend({ status, choose }: { status: string | undefined; choose: (status: string | null) => void }) {
  const { t } = useWords()
  return (
    <Group gap={6} role="group" aria-label={t('fleet.legend')}>
      {statuses.map((name) => (
        <Button
          key={name}
          size="compact-xs"
          variant={status === name ? 'light' : 'subtle'}
          color="gray"
          aria-pressed={status === name}
          leftSection={
            <span className="cell cell-key" data-status={name} aria-hidden>
              {glyph[name]}
            </span>
          }
          onClick={() => choose(status === name ? null : name)}
        >
          {t(`status.${name}`)}
        </Button>
      ))}
    </Group>
  )
}

/** A group, split into its appliances. */
function OneModel({ kind, model, status }: { kind: string; model: string; status: string | undefined }) {
  const { t } = useWords()
  const { data } = useCall('GET /api/appliances', { limit: 1000, kind, model }, 5_000)
  const [, filter] = useFilters<'model'>()
  return (
    <Stack gap="sm">
      <Box>
        <Button size="compact-xs" variant="default" onClick={() => filter({ model: null })}>
          {t('fleet.backToGroups')}
        </Button>
      </Box>
      {data ? (
        <Mosaic cells={data.items.toSorted((a, b) => (a.id < b.id ? -1 : 1))} status={status} />
      ) : (
        <Skeleton height={120} />
      )}
    </Stack>
  )
}
