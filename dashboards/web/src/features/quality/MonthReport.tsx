import { Button, Card, Group, Table, Text, TextInput, Title } from '@mantine/core'
import { useState } from 'react'
import { call, useCall } from '../../api.ts'
import { useNames } from '../../components/names.ts'
import { useWords } from '../../words/index.ts'

export function MonthReport() {
  const { t } = useWords()
  const names = useNames()
  const { data: kpis } = useCall('GET /api/kpis', { months: 6 }, 60_000)
  const newest = kpis?.items[0]?.trend.at(-1)?.from
  const [chosen, choose] = useState('')
  const month = chosen || (newest === undefined ? '' : new Date(newest).toISOString().slice(0, 7))
  const { data } = useCall('GET /api/quality/report', /^\d{4}-\d{2}$/.test(month) ? { month } : null)
  const download = async () => {
    const report = await call('GET /api/quality/report', { month })
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
                    <Table.Td>{names.anyMode(fault)}</Table.Td>
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
