import { Anchor, Button, Card, Group, Select, SimpleGrid, Skeleton, Table, Text, Title } from '@mantine/core'
import { IconCheck, IconRefresh, IconX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { type IngestView, useCall } from '../../api.ts'
import { number, useDuration, When } from '../../components/format.tsx'
import { Listing } from '../../components/Listing.tsx'
import { Failure, Page, Panel } from '../../components/Page.tsx'
import { Stat } from '../../components/Stat.tsx'
import { useAction } from '../../components/useAction.ts'
import { useFilters } from '../../components/useFilters.ts'
import { Allowed } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'
import { DeadJobs } from './DeadJobs.tsx'
import { Edges } from './Edges.tsx'
import { Webhooks } from './Webhooks.tsx'

const CLOCKS_SHOWN = 50
const reasons = [
  'bad-json',
  'too-large',
  'too-many',
  'bad-shape',
  'too-old',
  'in-future',
  'no-valid-metric',
  'conflict',
  'unprocessable',
] as const

/** Is anything lost or late? */
export default function Data() {
  const { t, lang } = useWords()
  const { data, error, refetch } = useCall('GET /api/ingest', {}, 2_000)
  const duration = useDuration()
  const bytes = (count: number) =>
    count < 1e6
      ? `${number(count / 1e3, lang, 1)} kB`
      : count < 1e10
        ? `${number(count / 1e6, lang, 1)} MB`
        : `${number(count / 1e9, lang, 0)} GB`
  const lag = (data?.oldestUnscoredMs ?? 0) / 1000
  return (
    <Page title={t('nav.data')}>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={240} />}
      {data && (
        <>
          <Balance data={data} />
          <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
            <Stat label={t('fleet.readingsPerSecond')} value={number(data.readingsPerSecond, lang, 0)} />
            <Stat label={t('data.lag')} value={lag < 120 ? `${number(lag, lang, 1)} s` : duration(lag / 3600)} />
            <Stat label={t('data.held')} value={number(data.held, lang)} hint={t('data.heldHint')} />
            <Stat label={t('data.waiting')} value={bytes(data.waitingBytes)} />
            <Stat
              label={t('data.disk')}
              value={bytes(data.disk.freeBytes)}
              hint={
                data.disk.fullInDays === undefined
                  ? t('data.diskCalm')
                  : t('data.diskFull', { days: number(data.disk.fullInDays, lang, 0) })
              }
            />
          </SimpleGrid>
          <Stages data={data} bytes={bytes} />
          <Edges edges={data.edges} bytes={bytes} />
          <Clocks clocks={data.wrongClocks} />
        </>
      )}
      <Quarantine counts={data?.readings.quarantined} />
      <DeadJobs />
      <Webhooks />
    </Page>
  )
}

/** Whose readings are refused or late because of its own clock. */
function Clocks({ clocks }: { clocks: IngestView['wrongClocks'] }) {
  const { t } = useWords()
  const duration = useDuration()
  if (clocks.length === 0) return null
  return (
    <Card withBorder padding="md">
      <Text fw={600}>{t('data.clocks')}</Text>
      <Text size="sm" c="dimmed" mb="xs">
        {t('data.clocksText')}
      </Text>
      {clocks.slice(0, CLOCKS_SHOWN).map(({ appliance, aheadMs }) => (
        <Group key={appliance} gap="sm">
          <Anchor component={Link} to={`/appliances/${encodeURIComponent(appliance)}`} size="sm">
            {appliance}
          </Anchor>
          <Text size="sm">
            {t((aheadMs ?? 0) > 0 ? 'appliance.clockAhead' : 'appliance.clockBehind', {
              time: duration(Math.abs(aheadMs ?? 0) / 3_600_000),
            })}
          </Text>
        </Group>
      ))}
    </Card>
  )
}

/** `received = stored + duplicates + quarantined`, in front of everybody's eyes. */
function Balance({ data }: { data: IngestView }) {
  const { t, lang } = useWords()
  const { received, stored, duplicates } = data.readings
  const quarantined = Object.values(data.readings.quarantined).reduce((sum, count) => sum + (count ?? 0), 0)
  const isBalanced = received === stored + duplicates + quarantined
  const isQuiet = data.messages.acked === data.messages.processed
  const terms = [
    { sign: '', name: t('data.received'), count: received },
    { sign: '=', name: t('data.stored'), count: stored },
    { sign: '+', name: t('data.duplicates'), count: duplicates },
    { sign: '+', name: t('data.quarantined'), count: quarantined },
  ]
  return (
    <Card withBorder padding="md">
      <Group gap="lg" align="flex-end">
        {terms.map(({ sign, name, count }) => (
          <Group key={name} gap="md" align="flex-end" wrap="nowrap">
            {sign && (
              <Text fz={22} c="dimmed" lh={1.3}>
                {sign}
              </Text>
            )}
            <div>
              <Text size="xs" c="dimmed">
                {name}
              </Text>
              <Text fz={22} fw={600} lh={1.3}>
                {number(count, lang)}
              </Text>
            </div>
          </Group>
        ))}
        <Group gap={6} wrap="nowrap" c={isBalanced ? undefined : 'var(--late)'}>
          {isBalanced ? <IconCheck size={18} aria-hidden /> : <IconX size={18} aria-hidden />}
          <Text size="sm">{t(isBalanced ? 'data.balanced' : 'data.notBalanced')}</Text>
        </Group>
      </Group>
      <Text size="sm" mt="sm">
        {t('data.messages', {
          acked: number(data.messages.acked, lang),
          processed: number(data.messages.processed, lang),
        })}{' '}
        {isQuiet
          ? t('data.allProcessed')
          : t('data.underWay', { count: data.messages.acked - data.messages.processed })}
        {data.messages.withoutPromise > 0 &&
          ` ${t('data.withoutPromise', { number: number(data.messages.withoutPromise, lang) })}`}
      </Text>
    </Card>
  )
}

/** How far each stage has come along the journal. */
function Stages({ data, bytes }: { data: IngestView; bytes: (count: number) => string }) {
  const { t, lang } = useWords()
  const stages = [
    { name: t('data.stage.journal'), at: data.journalEnd },
    { name: t('data.stage.stored'), at: data.storedUpTo },
    { name: t('data.stage.decided'), at: data.decidedUpTo },
  ]
  const { events } = data
  return (
    <Panel title={t('data.stages')}>
      <Table verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('data.stageName')}</Table.Th>
            <Table.Th ta="right">{t('data.upTo')}</Table.Th>
            <Table.Th ta="right">{t('data.behind')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {stages.map(({ name, at }) => (
            <Table.Tr key={name}>
              <Table.Td>{name}</Table.Td>
              <Table.Td ta="right">{bytes(at)}</Table.Td>
              <Table.Td ta="right">{bytes(Math.max(0, data.journalEnd - at))}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Text size="xs" c="dimmed" mt="xs">
        {t('data.events', {
          received: number(events.received, lang),
          stored: number(events.stored, lang),
          duplicates: number(events.duplicates, lang),
          quarantined: number(events.quarantined, lang),
        })}
      </Text>
    </Panel>
  )
}

function Quarantine({ counts }: { counts: IngestView['readings']['quarantined'] | undefined }) {
  const { t, lang } = useWords()
  const { act, busy } = useAction()
  const [filters, filter] = useFilters<'reason'>()
  const reason = reasons.find((known) => known === filters.reason)
  const { data, error } = useCall('GET /api/quarantine', { limit: 500, reason }, 10_000)
  return (
    <Card withBorder padding="md">
      <Group justify="space-between" mb="sm" gap="sm">
        <Title order={2}>{t('data.quarantine')}</Title>
        <Allowed to="ingest.repair">
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={14} aria-hidden />}
            loading={busy}
            disabled={!data?.items.length}
            onClick={() => void act('POST /api/quarantine/replay', {}, reason ? { reason } : {}, t('data.replayed'))}
          >
            {reason ? t('data.replayReason', { reason: t(`data.reasons.${reason}`) }) : t('data.replayAll')}
          </Button>
        </Allowed>
      </Group>
      {error && <Failure error={error} />}
      {!data && !error && <Skeleton height={120} />}
      {data && (
        <Listing
          name="quarantine"
          rows={data.items}
          keyOf={({ id }) => id}
          empty={t('data.quarantineEmpty')}
          tools={
            <Select
              size="xs"
              w={200}
              aria-label={t('data.reason')}
              placeholder={t('data.reason')}
              data={reasons.map((value) => ({
                value,
                label: `${t(`data.reasons.${value}`)}${counts?.[value] ? ` (${counts[value]})` : ''}`,
              }))}
              value={reason ?? null}
              onChange={(value) => filter({ reason: value })}
              clearable
            />
          }
          columns={[
            { key: 'at', label: t('common.at'), value: ({ at }) => at, render: ({ at }) => <When at={at} /> },
            { key: 'appliance', label: t('common.appliance'), value: ({ appliance }) => appliance },
            { key: 'reason', label: t('data.reason'), value: ({ reason }) => t(`data.reasons.${reason}`) },
            { key: 'detail', label: t('data.detail'), value: ({ detail }) => detail },
            {
              key: 'text',
              label: t('data.payload'),
              value: ({ text }) => text,
              render: ({ text, notKept }) =>
                notKept === undefined ? (
                  <Text size="xs" ff="monospace" lineClamp={1} maw={280} title={text}>
                    {text}
                  </Text>
                ) : (
                  <Text size="xs" c="dimmed">
                    {t('data.notKept', { kilobytes: number(notKept / 1_024, lang) })}
                  </Text>
                ),
            },
          ]}
        />
      )}
    </Card>
  )
}
