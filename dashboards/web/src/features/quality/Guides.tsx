import { Skeleton, Table } from '@mantine/core'
import { useCall } from '../../api.ts'
import { percent } from '../../components/format.tsx'
import { Panel } from '../../components/Page.tsx'
import { useWords } from '../../words/index.ts'

export function Guides() {
  const { t, say, lang } = useWords()
  const { data } = useCall('GET /api/quality/guides', {}, 60_000)
  return (
    <Panel title={t('quality.guides')}>
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
    </Panel>
  )
}
