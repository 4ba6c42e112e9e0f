import { Badge, Table, Text } from '@mantine/core'
import { useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { Panel } from '../../components/Page.tsx'
import { useWords } from '../../words/index.ts'

const colors = {
  queued: 'gray',
  delivered: 'blue',
  done: 'green',
  refused: 'orange',
  failed: 'red',
  expired: 'gray',
  late: 'orange',
} as const

/** What was sent down to an appliance, and what became of each; nothing while nothing was sent. */
export function CommandLog({ appliance }: { appliance: string }) {
  const { t } = useWords()
  const { data } = useCall('GET /api/appliances/:id/commands', { id: appliance, limit: 20 }, 5_000)
  if (!data || data.items.length === 0) return null
  return (
    <Panel title={t('appliance.commands')}>
      <Table.ScrollContainer minWidth={420}>
        <Table verticalSpacing={4}>
          <Table.Tbody>
            {data.items.map((command) => (
              <Table.Tr key={command.id}>
                <Table.Td w={150}>
                  <When at={command.createdAt} />
                </Table.Td>
                <Table.Td>{command.type}</Table.Td>
                <Table.Td w={130}>
                  <Badge variant="light" color={colors[command.state]}>
                    {t(`commandState.${command.state}`)}
                  </Badge>
                </Table.Td>
                <Table.Td>
                  <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                    {[command.by, command.result && t(`commandState.${command.result}`), command.detail]
                      .filter(Boolean)
                      .join(' · ')}
                  </Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Panel>
  )
}
