import { Alert, Code, List } from '@mantine/core'
import { IconRouteOff } from '@tabler/icons-react'
import type { ApplianceDetail } from '../../api.ts'
import { useWords } from '../../words/index.ts'

/** It publishes to topics that nobody knows: what it says there is not heard, and how it would be. */
export function WrongTopics({ appliance: { kind, id, misdirected } }: { appliance: ApplianceDetail }) {
  const { t } = useWords()
  if (misdirected.length === 0) return null
  return (
    <Alert
      color="orange"
      variant="light"
      icon={<IconRouteOff size={18} aria-hidden />}
      title={t('appliance.wrongTopics')}
    >
      {t('appliance.wrongTopicsHint', { topic: `appliances/${kind}/${id}/telemetry` })}
      <List size="sm" mt={4}>
        {misdirected.map(({ topic, count, from }) => (
          <List.Item key={topic}>
            <Code style={{ overflowWrap: 'anywhere' }}>{topic}</Code> × {count}
            {from !== id && ` (${from})`}
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}
