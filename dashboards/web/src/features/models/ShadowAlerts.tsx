import { Anchor, Card, Table, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { useWords } from '../../words/index.ts'

/** The alerts that the candidate would have opened, beside what the version in force said of it. */
export function ShadowAlerts() {
  const { t } = useWords()
  const names = useNames()
  const { data } = useCall('GET /api/models/alerts', { limit: 20 }, 20_000)
  if (!data || data.items.length === 0) return null
  return (
    <Card withBorder padding="md" mt="md">
      <Title order={3} fz="md">
        {t('models.wouldOpen')}
      </Title>
      <Text size="xs" c="dimmed" mb="xs">
        {t('models.wouldOpenHint')}
      </Text>
      <Table.ScrollContainer minWidth={340}>
        <Table verticalSpacing={4} fz="sm">
          <Table.Tbody>
            {data.items.map(({ appliance, kind, failureMode, openedAt, inForce }) => (
              <Table.Tr key={`${appliance}/${openedAt}`}>
                <Table.Td>
                  <When at={openedAt} />
                </Table.Td>
                <Table.Td>
                  <Anchor component={Link} to={`/appliances/${appliance}`} size="sm">
                    {appliance}
                  </Anchor>
                </Table.Td>
                <Table.Td>{names.mode(kind, failureMode)}</Table.Td>
                <Table.Td>
                  {inForce ? (
                    <Anchor component={Link} to="/alerts" search={{ id: inForce.alert } as never} size="sm">
                      {t('models.inForce')}: <When at={inForce.openedAt} />
                    </Anchor>
                  ) : (
                    t('models.alone')
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  )
}
