import { Skeleton, Table, Text } from '@mantine/core'
import { useCall } from '../../api.ts'
import { Failure, Panel } from '../../components/Page.tsx'
import { useWords } from '../../words/index.ts'
import { Sparkline } from './Sparkline.tsx'
import { useAmount } from './useAmount.ts'

export function Kpis() {
  const { t, say } = useWords()
  const amount = useAmount()
  const { data, error, refetch } = useCall('GET /api/kpis', { months: 6 }, 60_000)
  return (
    <Panel title={t('quality.kpis')}>
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
                  <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
                    {kpi.aim === undefined ? '' : amount(kpi.aim, kpi.unit)}
                  </Table.Td>
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
    </Panel>
  )
}
