import { Anchor, Card, Code, Group, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type Unheard, useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { useWords } from '../../words/index.ts'

const SHOWN = 8

/** Registered appliances of which no reading has ever counted, and why; nothing where all are heard. */
export function UnheardOnes() {
  const { t } = useWords()
  const { data } = useCall('GET /api/appliances', { unheard: true, limit: SHOWN }, 30_000)
  if (!data?.items.length) return null
  const { items, total = items.length } = data
  return (
    <Card withBorder padding="md" component="section" aria-label={t('unheard.title', { count: total })}>
      <Title order={2}>{t('unheard.title', { count: total })}</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('unheard.hint')}
      </Text>
      <Stack gap="sm">
        {items.map(({ id, unheard }) => (
          <div key={id}>
            <Group gap="xs">
              <Anchor component={Link} to={`/appliances/${id}`} size="sm">
                {id}
              </Anchor>
              {unheard && <Why unheard={unheard} />}
            </Group>
            {unheard?.lastRefused && (
              <Code block mt={4} style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
                {unheard.lastRefused.sample}
              </Code>
            )}
          </div>
        ))}
      </Stack>
      {total > items.length && (
        <Text size="sm" c="dimmed" mt="sm">
          {t('unheard.more', { count: total - items.length })}
        </Text>
      )}
    </Card>
  )
}

function Why({ unheard: { why, topic, lastRefused } }: { unheard: Unheard }) {
  const { t } = useWords()
  return (
    <Text size="sm">
      {t(`unheard.why.${why}`, { topic: topic ?? '', detail: lastRefused?.detail ?? '' })}{' '}
      {lastRefused && <When at={lastRefused.at} />}
    </Text>
  )
}
