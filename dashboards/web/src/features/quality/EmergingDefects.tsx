import { Card, Skeleton, Table, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useCall } from '../../api.ts'
import { number } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { Empty } from '../../components/Page.tsx'
import { useWords } from '../../words/index.ts'

export function EmergingDefects() {
  const { t, lang } = useWords()
  const names = useNames()
  const { data } = useCall('GET /api/quality/emerging', {}, 60_000)
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
