import { Alert, Card, Text, Title } from '@mantine/core'
import { useCall } from '../../api.ts'
import { useWords } from '../../words/index.ts'

/** How it stands with the broker of somebody else at which appliances live. */
export function OutsideBroker() {
  const { t } = useWords()
  const { data } = useCall('GET /api/outside-broker', {}, 10_000)
  if (!data) return null
  const { version, connected, appliances, error } = data
  return (
    <Card withBorder padding="md">
      <Title order={2}>{t('mapping.outside')}</Title>
      <Text size="sm" c="dimmed">
        {version === undefined
          ? t('mapping.noOutside')
          : connected
            ? t('mapping.outsideHeard', { count: appliances, version: version === 5 ? '5' : '3.1.1' })
            : t('mapping.houseAway', { error: error ?? '' })}
      </Text>
    </Card>
  )
}

/** How it stands with the Home Assistant that appliances are shown to. */
export function House() {
  const { t } = useWords()
  const { data } = useCall('GET /api/home-assistant', {}, 10_000)
  if (!data) return null
  const { version, connected, published, foreign, error } = data
  return (
    <Card withBorder padding="md">
      <Title order={2}>Home Assistant</Title>
      <Text size="sm" c="dimmed">
        {version === undefined
          ? t('mapping.noHouse')
          : connected
            ? t('mapping.house', { count: published, version: version === 5 ? '5' : '3.1.1' })
            : t('mapping.houseAway', { error: error ?? '' })}
      </Text>
      {foreign.length > 0 && (
        <Alert color="yellow" mt="sm" p="xs">
          {t('mapping.foreign', { topics: foreign.join(', ') })}
        </Alert>
      )}
    </Card>
  )
}
