import { Button, Card, Group, Table, Text, Title } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { Empty } from '../../components/Page.tsx'
import { useAction } from '../../components/useAction.ts'
import { useMay } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'

/** Notices on their way out, and those that were given up: a person may send them again. */
export function DeadJobs() {
  const { t } = useWords()
  const { act, busy } = useAction()
  const mayRepair = useMay()('ingest.repair')
  const { data } = useCall('GET /api/jobs', { limit: 200 }, 5_000)
  if (!data) return null
  return (
    <Card withBorder padding="md">
      <Group justify="space-between" mb="sm" gap="sm">
        <Title order={2}>{t('data.jobs')}</Title>
        {mayRepair && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={14} aria-hidden />}
            loading={busy}
            disabled={data.dead === 0}
            onClick={() => void act('POST /api/jobs/replay', {}, {}, t('data.replayed'))}
          >
            {t('data.sendAgain')}
          </Button>
        )}
      </Group>
      <Text size="sm">{t('data.jobsNow', { waiting: data.waiting, dead: data.dead })}</Text>
      {data.items.length === 0 ? (
        <Empty>{t('data.noDeadJobs')}</Empty>
      ) : (
        <Table.ScrollContainer minWidth={480}>
          <Table verticalSpacing={4}>
            <Table.Tbody>
              {data.items.map(({ key, channel, error, tries, at }) => (
                <Table.Tr key={key}>
                  <Table.Td>{channel}</Table.Td>
                  <Table.Td>{error}</Table.Td>
                  <Table.Td>{t('data.tries', { count: tries })}</Table.Td>
                  <Table.Td>
                    <When at={at} />
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
