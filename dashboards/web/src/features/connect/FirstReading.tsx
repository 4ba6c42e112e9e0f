import { Anchor, Card, Group, Loader, Table, Text, Title } from '@mantine/core'
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { useWords } from '../../words/index.ts'

/** The first reading as it arrives, or why it was refused. */
export function FirstReading({ appliance }: { appliance: string }) {
  const { t } = useWords()
  const names = useNames()
  const { data } = useCall('GET /api/appliances/:id', { id: appliance }, 1_000)
  const { data: refused } = useCall('GET /api/quarantine', { appliance, limit: 5 }, 2_000)
  const reading = data?.lastReading
  return (
    <Card withBorder padding="md" aria-live="polite">
      <Title order={2} mb="sm">
        {t('connect.firstReading')}
      </Title>
      {!reading && (
        <Group gap="sm" wrap="nowrap">
          <Loader size="xs" type="dots" aria-hidden />
          <Text size="sm">
            {data?.online ? t('connect.connectedWaiting', { id: appliance }) : t('connect.waiting', { id: appliance })}
          </Text>
        </Group>
      )}
      {reading && data && (
        <>
          <Group gap="xs" mb="xs">
            <IconCircleCheck size={18} aria-hidden />
            <Text size="sm" fw={600}>
              {t('connect.arrived')} <When at={reading.ts} />
            </Text>
            <Anchor component={Link} to={`/appliances/${appliance}`} size="sm">
              {t('connect.openIt', { id: appliance })}
            </Anchor>
          </Group>
          <Table verticalSpacing={2}>
            <Table.Tbody>
              {Object.entries(reading.metrics).map(([metric, value]) => (
                <Table.Tr key={metric}>
                  <Table.Td>{names.metric(data.kind, metric)}</Table.Td>
                  <Table.Td ta="right">
                    {names.value(data.kind, metric, value, names.kindOf(data.kind)?.metrics[metric]?.unit ?? '')}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </>
      )}
      {refused?.items.map(({ id, reason, detail, text }) => (
        <Group key={id} gap="xs" mt="sm" wrap="nowrap" align="flex-start" c="var(--late)">
          <IconCircleX size={18} aria-hidden style={{ flexShrink: 0 }} />
          <div>
            <Text size="sm">
              {t('connect.refused')} {t(`data.reasons.${reason}`)}: {detail}
            </Text>
            <Text size="xs" ff="monospace" c="dimmed" lineClamp={2}>
              {text}
            </Text>
          </div>
        </Group>
      ))}
    </Card>
  )
}
