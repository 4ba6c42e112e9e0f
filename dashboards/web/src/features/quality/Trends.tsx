import { Button, Card, Group, Modal, Select, SimpleGrid, Skeleton, Text, Title } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { useCall } from '../../api.ts'
import { downloadCsv } from '../../components/csv.ts'
import { useNames } from '../../components/names.ts'
import { Empty, Failure, Page } from '../../components/Page.tsx'
import { useFilters } from '../../components/useFilters.ts'
import { useFresh } from '../../live.ts'
import { useWords } from '../../words/index.ts'
import { TicketTable } from '../ticket/TicketTable.tsx'
import { Pareto } from './Pareto.tsx'
import { RateTable } from './RateTable.tsx'
import { HeatMap, type TrendRow } from './TrendCharts.tsx'

const groupings = ['model', 'batch', 'firmware', 'month'] as const

/** What is failing, in which model, batch, firmware, season, and is it getting worse? */
export default function Trends() {
  const { t } = useWords()
  const names = useNames()
  const [filters, filter] = useFilters<'by' | 'kind' | 'mode'>()
  const [opened, open] = useState<{ title: string; tickets: readonly string[] }>()
  const by = groupings.find((known) => known === filters.by) ?? 'model'
  const { kind } = filters
  const { data, error, refetch } = useCall('GET /api/trends', { by, kind }, 60_000)
  const { data: heat } = useCall('GET /api/trends', { by: 'model,month', kind }, 60_000)
  useFresh(['ticket'], ['/api/trends'])
  const ofMode = (rows: readonly TrendRow[]) =>
    rows.filter(({ failureMode }) => !filters.mode || failureMode === filters.mode)
  const rows = ofMode(data?.items ?? [])
  const cells = ofMode(heat?.items ?? [])
  return (
    <Page
      title={t('nav.trends')}
      action={
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          disabled={rows.length === 0}
          onClick={() =>
            downloadCsv(
              'trends',
              rows.map(({ group, tickets, ...row }) => ({ group: group.join('/'), ...row, tickets: tickets.length })),
            )
          }
        >
          {t('common.export')}
        </Button>
      }
    >
      <Group gap="sm">
        <Select
          size="xs"
          w={150}
          aria-label={t('trends.by')}
          data={groupings.map((value) => ({ value, label: t(`trends.groupings.${value}`) }))}
          value={by}
          onChange={(value) => filter({ by: value })}
          allowDeselect={false}
        />
        <Select
          size="xs"
          w={150}
          aria-label={t('common.kind')}
          placeholder={t('common.kind')}
          data={names.catalog?.items.map((item) => ({ value: item.kind, label: names.kind(item.kind) })) ?? []}
          value={filters.kind ?? null}
          onChange={(value) => filter({ kind: value })}
          clearable
        />
        {filters.mode && (
          <Button size="compact-xs" variant="light" onClick={() => filter({ mode: null })}>
            {names.anyMode(filters.mode)} ✕
          </Button>
        )}
      </Group>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {(!data || !heat) && !error && <Skeleton height={320} />}
      {data && data.items.length === 0 && <Empty>{t('trends.empty')}</Empty>}
      {data && heat && data.items.length > 0 && (
        <>
          <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
            <Card withBorder padding="md">
              <Title order={2}>{t('trends.pareto')}</Title>
              <Text size="xs" c="dimmed" mb="sm">
                {t('trends.paretoHint')}
              </Text>
              <Pareto rows={data.items} choose={(mode) => filter({ mode: mode === filters.mode ? null : mode })} />
            </Card>
            <Card withBorder padding="md">
              <Title order={2}>{t('trends.heat')}</Title>
              <Text size="xs" c="dimmed" mb="sm">
                {t('trends.heatHint')}
              </Text>
              <HeatMap
                rows={cells}
                choose={(model, month) =>
                  open({
                    title: `${model}, ${month}`,
                    tickets: cells
                      .filter(({ group }) => group[0] === model && group[1] === month)
                      .flatMap(({ tickets }) => tickets),
                  })
                }
              />
            </Card>
          </SimpleGrid>
          <Card withBorder padding="md">
            <Title order={2}>{t('trends.rates')}</Title>
            <Text size="xs" c="dimmed" mb="sm">
              {t('trends.ratesHint')}
            </Text>
            <RateTable
              rows={rows}
              groupName={t(`trends.groupings.${by}`)}
              open={(row) =>
                open({
                  title: `${row.group.join(' · ')}: ${names.anyMode(row.failureMode)}`,
                  tickets: row.tickets,
                })
              }
            />
          </Card>
        </>
      )}
      <Modal opened={!!opened} onClose={() => open(undefined)} title={opened?.title} size="xl">
        {opened && <TheirTickets ids={opened.tickets} />}
      </Modal>
    </Page>
  )
}

function TheirTickets({ ids }: { ids: readonly string[] }) {
  const { data } = useCall('GET /api/tickets', { limit: 1000 })
  if (!data) return <Skeleton height={120} />
  return <TicketTable tickets={data.items.filter(({ id }) => ids.includes(id))} />
}
