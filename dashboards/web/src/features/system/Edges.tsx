import { Table, Text } from '@mantine/core'
import type { IngestView } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { Panel } from '../../components/Page.tsx'
import { useWords } from '../../words/index.ts'

/** Doors that run by themselves: which is silent, and what each holds that is not here yet. */
export function Edges({ edges, bytes }: { edges: IngestView['edges']; bytes: (count: number) => string }) {
  const { t } = useWords()
  if (!edges?.length) return null
  return (
    <Panel title={t('data.edges')}>
      <Text size="sm" c="dimmed" mb="xs">
        {t('data.edgesText')}
      </Text>
      <Table verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('data.edge')}</Table.Th>
            <Table.Th ta="right">{t('data.edgeHeard')}</Table.Th>
            <Table.Th ta="right">{t('data.edgeHolds')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {edges.map(({ id, heardAt, behindBytes, isAskedAgain }) => (
            <Table.Tr key={id}>
              <Table.Td>{id}</Table.Td>
              <Table.Td ta="right">
                <When at={heardAt} />
              </Table.Td>
              <Table.Td ta="right">
                {bytes(behindBytes)}
                {isAskedAgain && ` · ${t('data.edgeAgain')}`}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  )
}
