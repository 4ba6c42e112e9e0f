import { Button, Card, Group, Select, SimpleGrid, Skeleton, Table, Text, TextInput, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { call, useCall, type Text as Words } from '../../api.ts'
import { money, number, percent } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { Empty, Failure, Page } from '../../components/Page.tsx'
import { useFilters } from '../../components/useFilters.ts'
import { useWords } from '../../words/index.ts'
import { Sparkline } from './Sparkline.tsx'

interface Kpi {
  name: string
  text: Words
  definition: Words
  unit: 'h' | 'share' | 'cents'
  better: 'higher' | 'lower'
  value: number | null
  of: number
  aim?: number
  trend: { from: number; value: number | null; of: number }[]
}
interface Emerging {
  by: 'model' | 'batch' | 'firmware'
  cohort: string
  kind: string
  failureMode: string
  found: number
  expected: number
  appliances: number
  surprise: number
  reported: number
  tickets: string[]
}
const lifeKeys = ['model', 'batch', 'firmware', 'season', 'part'] as const
interface Life {
  group: string
  kind: string
  failures: number
  survivors: number
  fit: {
    shape: number
    shapeInterval: [number, number]
    scale: number
    scaleInterval: [number, number]
    b10: number
  } | null
}
interface Guide {
  id: string
  title: Words
  offered: number
  tried: number
  helped: number
  failed: number
  verified: number
  deflection: number | null
}

/** Are we good, what begins to fail, and how long does it last? */
export default function Quality() {
  const { t } = useWords()
  return (
    <Page title={t('nav.quality')}>
      <Kpis />
      <EmergingDefects />
      <LifeTable />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <Guides />
        <MonthReport />
      </SimpleGrid>
    </Page>
  )
}

function useAmount() {
  const { lang } = useWords()
  return (value: number | null | undefined, unit: Kpi['unit']): string =>
    value === null || value === undefined
      ? '—'
      : unit === 'share'
        ? percent(value, lang)
        : unit === 'cents'
          ? money(Math.round(value), lang)
          : `${number(value, lang, 1)} h`
}

function Kpis() {
  const { t, say } = useWords()
  const amount = useAmount()
  const { data, error, refetch } = useCall<{ items: Kpi[] }>('/api/kpis?months=6', 60_000)
  return (
    <Card withBorder padding="md">
      <Title order={2} mb="xs">
        {t('quality.kpis')}
      </Title>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={200} />}
      {data && (
        <Table.ScrollContainer minWidth={640}>
          <Table verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('quality.figure')}</Table.Th>
                <Table.Th ta="right">{t('quality.value')}</Table.Th>
                <Table.Th ta="right">{t('quality.aim')}</Table.Th>
                <Table.Th w={180}>{t('quality.trend')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.items.map((kpi) => (
                <Table.Tr key={kpi.name}>
                  <Table.Td>
                    <Text size="sm" fw={500}>
                      {say(kpi.text)}
                    </Text>
                    <Text size="xs" c="dimmed">
                      {say(kpi.definition)}
                    </Text>
                  </Table.Td>
                  <Table.Td ta="right">
                    <Text size="sm" fw={600}>
                      {amount(kpi.value, kpi.unit)}
                    </Text>
                    <Text size="xs" c="dimmed">
                      {kpi.of > 0 ? t('quality.of', { count: kpi.of }) : t('quality.none')}
                    </Text>
                  </Table.Td>
                  <Table.Td ta="right">{kpi.aim === undefined ? '' : amount(kpi.aim, kpi.unit)}</Table.Td>
                  <Table.Td>
                    <Sparkline
                      label={`${say(kpi.text)}: ${kpi.trend.map(({ value }) => amount(value, kpi.unit)).join(', ')}`}
                      values={kpi.trend.map(({ value }) => value)}
                      aim={kpi.aim}
                    />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Card>
  )
}

function EmergingDefects() {
  const { t, lang } = useWords()
  const names = useNames()
  const { data } = useCall<{ items: Emerging[] }>('/api/quality/emerging', 60_000)
  return (
    <Card withBorder padding="md">
      <Title order={2}>{t('quality.emerging')}</Title>
      <Text size="xs" c="dimmed" mb="sm">
        {t('quality.emergingHint')}
      </Text>
      {!data && <Skeleton height={80} />}
      {data?.items.length === 0 && <Empty>{t('quality.noEmerging')}</Empty>}
      {data && data.items.length > 0 && (
        <Table.ScrollContainer minWidth={640}>
          <Table verticalSpacing={5}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('quality.cohort')}</Table.Th>
                <Table.Th>{t('common.failureMode')}</Table.Th>
                <Table.Th ta="right">{t('quality.found')}</Table.Th>
                <Table.Th ta="right">{t('quality.expected')}</Table.Th>
                <Table.Th ta="right">{t('quality.reportedOf')}</Table.Th>
                <Table.Th ta="right">{t('quality.surprise')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.items.map((row) => (
                <Table.Tr key={`${row.by}/${row.cohort}/${row.failureMode}`}>
                  <Table.Td>
                    {t(`quality.by.${row.by}`)} {row.cohort} · {names.kind(row.kind)}
                  </Table.Td>
                  <Table.Td>
                    <Link to="/trends" search={{ by: row.by, mode: row.failureMode } as never}>
                      {names.mode(row.kind, row.failureMode)}
                    </Link>
                  </Table.Td>
                  <Table.Td ta="right">
                    {row.found} / {row.appliances}
                  </Table.Td>
                  <Table.Td ta="right">{number(row.expected, lang, 1)}</Table.Td>
                  <Table.Td ta="right">{row.reported}</Table.Td>
                  <Table.Td ta="right">
                    {row.surprise < 0.0001 ? '< 0.01 %' : `${number(100 * row.surprise, lang, 2)} %`}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Card>
  )
}

function LifeTable() {
  const { t, lang } = useWords()
  const names = useNames()
  const [filters, filter] = useFilters<'life'>()
  const by = lifeKeys.find((known) => known === filters.life) ?? 'model'
  const { data } = useCall<{ items: Life[] }>(`/api/quality/life?by=${by}`, 60_000)
  const days = (value: number) => number(value, lang, 0)
  const shown = data?.items.filter(({ failures }) => failures > 0).slice(0, 30) ?? []
  return (
    <Card withBorder padding="md">
      <Group justify="space-between">
        <Title order={2}>{t('quality.life')}</Title>
        <Select
          size="xs"
          w={140}
          aria-label={t('quality.group')}
          data={lifeKeys.map((value) => ({ value, label: t(`quality.by.${value}`) }))}
          value={by}
          onChange={(value) => filter({ life: value })}
          allowDeselect={false}
        />
      </Group>
      <Text size="xs" c="dimmed" mb="sm">
        {t('quality.lifeHint')}
      </Text>
      {!data && <Skeleton height={120} />}
      {data && shown.length === 0 && <Empty>{t('quality.emptyLife')}</Empty>}
      {shown.length > 0 && (
        <Table.ScrollContainer minWidth={640}>
          <Table verticalSpacing={5}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('quality.group')}</Table.Th>
                <Table.Th ta="right">{t('quality.failures')}</Table.Th>
                <Table.Th ta="right">{t('quality.survivors')}</Table.Th>
                <Table.Th ta="right">{t('quality.shape')}</Table.Th>
                <Table.Th ta="right">{t('quality.scale')}</Table.Th>
                <Table.Th ta="right">{t('quality.b10')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.map(({ group, kind, failures, survivors, fit }) => (
                <Table.Tr key={`${kind}/${group}`}>
                  <Table.Td>
                    {by === 'part' ? names.part(kind, group) : group} · {names.kind(kind)}
                  </Table.Td>
                  <Table.Td ta="right">{failures}</Table.Td>
                  <Table.Td ta="right">{survivors}</Table.Td>
                  {fit ? (
                    <>
                      <Table.Td ta="right">
                        {number(fit.shape, lang, 1)} ({number(fit.shapeInterval[0], lang, 1)} –{' '}
                        {number(fit.shapeInterval[1], lang, 1)})
                      </Table.Td>
                      <Table.Td ta="right">
                        {t('quality.days', { count: days(fit.scale) as unknown as number })} (
                        {days(fit.scaleInterval[0])} – {days(fit.scaleInterval[1])})
                      </Table.Td>
                      <Table.Td ta="right">{t('quality.days', { count: days(fit.b10) as unknown as number })}</Table.Td>
                    </>
                  ) : (
                    <Table.Td ta="right" colSpan={3}>
                      <Text size="xs" c="dimmed" className="too-few">
                        {t('quality.tooFew')}
                      </Text>
                    </Table.Td>
                  )}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Card>
  )
}

function Guides() {
  const { t, say, lang } = useWords()
  const { data } = useCall<{ items: Guide[] }>('/api/quality/guides', 60_000)
  return (
    <Card withBorder padding="md">
      <Title order={2} mb="xs">
        {t('quality.guides')}
      </Title>
      {!data && <Skeleton height={120} />}
      <Table.ScrollContainer minWidth={480}>
        <Table verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th />
              <Table.Th ta="right">{t('quality.offered')}</Table.Th>
              <Table.Th ta="right">{t('quality.helped')}</Table.Th>
              <Table.Th ta="right">{t('quality.failedAgain')}</Table.Th>
              <Table.Th ta="right">{t('quality.verifiedBy')}</Table.Th>
              <Table.Th ta="right">{t('quality.deflection')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data?.items.map(({ id, title, offered, helped, failed, verified, deflection }) => (
              <Table.Tr key={id}>
                <Table.Td>{say(title)}</Table.Td>
                <Table.Td ta="right">{offered}</Table.Td>
                <Table.Td ta="right">{helped}</Table.Td>
                <Table.Td ta="right">{failed}</Table.Td>
                <Table.Td ta="right">{verified}</Table.Td>
                <Table.Td ta="right">{deflection === null ? '—' : percent(deflection, lang)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  )
}

interface Report {
  month: string
  tickets: { opened: number; closed: number }
  faults: Record<string, number>
  complaints: { total: number; byWhat: Record<string, number> }
  fingerprint: string
}

function MonthReport() {
  const { t } = useWords()
  const names = useNames()
  const { data: kpis } = useCall<{ items: Kpi[] }>('/api/kpis?months=6', 60_000)
  const newest = kpis?.items[0]?.trend.at(-1)?.from
  const [chosen, choose] = useState('')
  const month = chosen || (newest === undefined ? '' : new Date(newest).toISOString().slice(0, 7))
  const { data } = useCall<Report>(/^\d{4}-\d{2}$/.test(month) ? `/api/quality/report?month=${month}` : null)
  const download = async () => {
    const report = await call<Report>(`/api/quality/report?month=${month}`)
    const url = URL.createObjectURL(new Blob([JSON.stringify(report, null, 2)], { type: 'application/json' }))
    Object.assign(document.createElement('a'), { href: url, download: `report-${month}.json` }).click()
    URL.revokeObjectURL(url)
  }
  return (
    <Card withBorder padding="md">
      <Group justify="space-between" mb="xs">
        <Title order={2}>{t('quality.report')}</Title>
        <Group gap="sm">
          <TextInput
            type="month"
            size="xs"
            aria-label={t('quality.month')}
            value={month}
            onChange={(event) => choose(event.currentTarget.value)}
          />
          <Button size="xs" variant="default" disabled={!data} onClick={() => void download()}>
            {t('quality.download')}
          </Button>
        </Group>
      </Group>
      {data && (
        <>
          <Text size="sm">
            {t('quality.opened')} {data.tickets.opened} · {t('quality.closed')} {data.tickets.closed} ·{' '}
            {t('quality.complaintsTotal')} {data.complaints.total}
          </Text>
          <Table verticalSpacing={3} my="xs">
            <Table.Tbody>
              {Object.entries(data.faults)
                .slice(0, 8)
                .map(([fault, count]) => (
                  <Table.Tr key={fault}>
                    <Table.Td>{fault === 'none' ? t('common.noFault') : names.anyMode(fault)}</Table.Td>
                    <Table.Td ta="right">{count}</Table.Td>
                  </Table.Tr>
                ))}
            </Table.Tbody>
          </Table>
          <Text size="xs" c="dimmed">
            {t('quality.fingerprint', { value: data.fingerprint })}
          </Text>
        </>
      )}
    </Card>
  )
}
