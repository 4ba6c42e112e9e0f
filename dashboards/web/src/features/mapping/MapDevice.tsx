import { Alert, Button, Card, Checkbox, Code, Group, Select, Stack, Table, Text, TextInput, Title } from '@mantine/core'
import { useState } from 'react'
import type { Answer, HeardDevice } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'

/** What one value shall be; without a metric it is left alone. */
interface Row {
  metric: string | null
  unit: string
  counter: boolean
}
const idOf = (device: string): string => device.replaceAll(/[^A-Za-z0-9_-]+/g, '-').slice(0, 64)

/** Maps one device: which appliance it is, and which value is which metric; with the last messages as they would read. */
export function MapDevice({ device, done }: { device: HeardDevice; done: () => void }) {
  const { t } = useWords()
  const names = useNames()
  const { act, busy } = useAction()
  const [kind, setKind] = useState<string | null>('fridge')
  const [appliance, setAppliance] = useState(
    device.values.find((one) => one.appliance)?.appliance ?? idOf(device.device),
  )
  const [rows, setRows] = useState(() => proposed(device))
  const [preview, setPreview] = useState<Answer<'POST /api/mapping/preview'>>()
  const metrics = names.kindOf(kind ?? '')?.metricNames ?? []
  const wanted = {
    source: device.source,
    format: device.format,
    device: device.device,
    appliance,
    kind,
    values: [...rows].flatMap(([value, { metric, unit, counter }]) =>
      metric && metrics.includes(metric) ? [{ value, metric, counter, ...(unit ? { unit } : {}) }] : [],
    ),
  }
  const change = (value: string, row: Row) => setRows(new Map(rows).set(value, row))
  return (
    <Card withBorder padding="md" component="section" aria-label={t('mapping.mapTitle', { device: device.device })}>
      <Title order={2}>{t('mapping.mapTitle', { device: device.device })}</Title>
      <Group align="flex-end" mt="sm">
        <TextInput
          label={t('connect.id')}
          value={appliance}
          onChange={(event) => setAppliance(event.currentTarget.value)}
        />
        <Select
          label={t('common.kind')}
          data={(names.catalog?.items ?? []).map((item) => ({ value: item.kind, label: names.kind(item.kind) }))}
          value={kind}
          onChange={setKind}
          allowDeselect={false}
        />
      </Group>
      <Values
        device={device}
        rows={rows}
        change={change}
        metrics={metrics.map((metric) => ({ value: metric, label: names.metric(kind ?? '', metric) }))}
      />
      <Group mt="sm">
        <Button
          variant="default"
          loading={busy}
          disabled={wanted.values.length === 0}
          onClick={() => void act('POST /api/mapping/preview', {}, wanted).then(setPreview)}
        >
          {t('mapping.preview')}
        </Button>
        <Button
          loading={busy}
          disabled={wanted.values.length === 0}
          onClick={() =>
            void act('POST /api/mapping', {}, wanted, t('mapping.mapped', { appliance })).then((made) => made && done())
          }
        >
          {t('mapping.map')}
        </Button>
      </Group>
      {preview && <Preview {...preview} />}
    </Card>
  )
}

/** As the format says, but each metric once. */
function proposed({ values }: HeardDevice): Map<string, Row> {
  const taken = new Set<string>()
  return new Map(
    values.map(({ value, unit = '', counter, suggests, metric }) => {
      const wanted = metric ?? suggests
      const free = wanted !== undefined && !taken.has(wanted) ? wanted : null
      if (free) taken.add(free)
      return [value, { metric: free, unit, counter }]
    }),
  )
}

interface ValuesProps {
  device: HeardDevice
  rows: ReadonlyMap<string, Row>
  change: (value: string, row: Row) => void
  metrics: { value: string; label: string }[]
}
function Values({ device, rows, change, metrics }: ValuesProps) {
  const { t } = useWords()
  return (
    <Table.ScrollContainer minWidth={620} mt="sm">
      <Table verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('mapping.value')}</Table.Th>
            <Table.Th ta="right">{t('mapping.now')}</Table.Th>
            <Table.Th>{t('mapping.metric')}</Table.Th>
            <Table.Th>{t('mapping.unit')}</Table.Th>
            <Table.Th>{t('mapping.counter')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {device.values.map(({ value, last }) => {
            const row = rows.get(value) ?? { metric: null, unit: '', counter: false }
            return (
              <Table.Tr key={value}>
                <Table.Td>{value}</Table.Td>
                <Table.Td ta="right">{last}</Table.Td>
                <Table.Td>
                  <Select
                    size="xs"
                    aria-label={t('mapping.metricOf', { value })}
                    data={metrics}
                    value={row.metric}
                    onChange={(metric) => change(value, { ...row, metric })}
                    placeholder={t('mapping.leftAlone')}
                    clearable
                    searchable
                  />
                </Table.Td>
                <Table.Td>
                  <TextInput
                    size="xs"
                    w={90}
                    aria-label={t('mapping.unitOf', { value })}
                    value={row.unit}
                    onChange={(event) => change(value, { ...row, unit: event.currentTarget.value })}
                  />
                </Table.Td>
                <Table.Td>
                  <Checkbox
                    aria-label={t('mapping.counterOf', { value })}
                    checked={row.counter}
                    onChange={(event) => change(value, { ...row, counter: event.currentTarget.checked })}
                  />
                </Table.Td>
              </Table.Tr>
            )
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Preview({ messages, warnings }: Answer<'POST /api/mapping/preview'>) {
  const { t } = useWords()
  return (
    <Stack gap="xs" mt="md">
      <Title order={3}>{t('mapping.previewTitle', { count: messages.length })}</Title>
      {warnings.map((warning) => (
        <Alert key={warning} color="yellow" p="xs">
          {warning}
        </Alert>
      ))}
      {messages.map(({ at, topic, payload, metrics }, i) => (
        <div key={i}>
          <Text size="xs" c="dimmed">
            <When at={at} /> {topic}
          </Text>
          <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
            {payload}
          </Code>
          <Text size="sm">
            {Object.entries(metrics)
              .map(([metric, value]) => `${metric} ${value}`)
              .join(' · ') || t('mapping.noneOfIt')}
          </Text>
        </div>
      ))}
    </Stack>
  )
}
