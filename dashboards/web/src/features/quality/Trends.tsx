import { Button, Group, Modal, Select, SimpleGrid, Skeleton } from '@mantine/core'
import { useState } from 'react'
import { addressOf, useCall } from '../../api.ts'
import { ExportMenu } from '../../components/ExportMenu.tsx'
import { useNames } from '../../components/names.ts'
import { Empty, Failure, Page, Panel } from '../../components/Page.tsx'
import { useFilters } from '../../components/useFilters.ts'
import { useFresh } from '../../live.ts'
import { useWords } from '../../words/index.ts'
import { TicketTable } from '../ticket/TicketTable.tsx'
import { HeatMap, type TrendRow } from './HeatMap.tsx'
import { Pareto } from './Pareto.tsx'
import { RateTable } from './RateTable.tsx'

const groupings = ['model', 'batch', 'firmware', 'month'] as const
type Grouping = (typeof groupings)[number]
type Asked = 'by' | 'kind' | 'mode' | 'model' | 'month'

/** What is failing, in which model, batch, firmware, season, and is it getting worse? */
export default function Trends() {
  const { t } = useWords()
  const names = useNames()
  const [filters, filter] = useFilters<Asked>()
  const [opened, open] = useState<TrendRow>()
  const by = groupings.find((known) => known === filters.by) ?? 'model'
  const { kind, model, month } = filters
  const { data, error, refetch } = useCall('GET /api/trends', { by, kind }, 60_000)
  const { data: heat } = useCall('GET /api/trends', { by: 'model,month', kind }, 60_000)
  useFresh(['ticket'], ['/api/trends'])
  const ofMode = (rows: readonly TrendRow[]) =>
    rows.filter(({ failureMode }) => !filters.mode || failureMode === filters.mode)
  const rows = ofMode(data?.items ?? [])
  const cells = ofMode(heat?.items ?? [])
  const ofCell = cells.filter(({ group }) => group[0] === model && group[1] === month)
  return (
    <Page
      title={t('nav.trends')}
      action={
        <ExportMenu
          disabled={rows.length === 0}
          address={(format) => `${addressOf('GET /api/trends', { by, kind })}&as=${format}`}
        />
      }
    >
      <Narrow by={by} filters={filters} filter={filter} />
      {error && <Failure error={error} retry={() => void refetch()} />}
      {(!data || !heat) && !error && <Skeleton height={320} />}
      {data && data.items.length === 0 && <Empty>{t('trends.empty')}</Empty>}
      {data && heat && data.items.length > 0 && (
        <>
          <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
            <Panel title={t('trends.pareto')} hint={t('trends.paretoHint')}>
              <Pareto rows={data.items} choose={(mode) => filter({ mode: mode === filters.mode ? null : mode })} />
            </Panel>
            <Panel title={t('trends.heat')} hint={t('trends.heatHint')}>
              <HeatMap rows={cells} />
            </Panel>
          </SimpleGrid>
          <Panel title={t('trends.rates')} hint={t('trends.ratesHint')}>
            <RateTable rows={rows} groupName={t(`trends.groupings.${by}`)} open={open} />
          </Panel>
        </>
      )}
      {opened && (
        <TheirTickets
          title={`${opened.group.join(' · ')}: ${names.anyMode(opened.failureMode)}`}
          ids={opened.tickets}
          close={() => open(undefined)}
        />
      )}
      {ofCell.length > 0 && (
        <TheirTickets
          title={`${model}, ${month}`}
          ids={ofCell.flatMap(({ tickets }) => tickets)}
          close={() => filter({ model: null, month: null })}
        />
      )}
    </Page>
  )
}

/** What is counted, and by what. */
function Narrow({
  by,
  filters,
  filter,
}: {
  by: Grouping
  filters: Partial<Record<Asked, string>>
  filter: (change: Partial<Record<Asked, string | null>>) => void
}) {
  const { t } = useWords()
  const names = useNames()
  return (
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
  )
}

/** The tickets behind a number. */
function TheirTickets({ title, ids, close }: { title: string; ids: readonly string[]; close: () => void }) {
  const { data } = useCall('GET /api/tickets', { limit: 1000 })
  return (
    <Modal opened onClose={close} title={title} size="xl">
      {data ? <TicketTable tickets={data.items.filter(({ id }) => ids.includes(id))} /> : <Skeleton height={120} />}
    </Modal>
  )
}
