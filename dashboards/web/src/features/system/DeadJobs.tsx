import { Card, Table, Text } from '@mantine/core'
import { useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { Empty } from '../../components/Page.tsx'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'
import { SendAgain } from './SendAgain.tsx'

/** Notices on their way out, and those that were given up: a person may send them again. */
export function DeadJobs() {
  const { t } = useWords()
  const { act, busy } = useAction()
  const { data } = useCall('GET /api/jobs', { limit: 200 }, 5_000)
  if (!data) return null
  return (
    <Card withBorder padding="md">
      <SendAgain
        title={t('data.jobs')}
        busy={busy}
        nothing={data.dead === 0}
        send={() => void act('POST /api/jobs/replay', {}, {}, t('data.replayed'))}
      />
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
