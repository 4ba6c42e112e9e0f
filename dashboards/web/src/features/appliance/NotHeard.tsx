import { Alert, Code, List, Text } from '@mantine/core'
import { IconEarOff } from '@tabler/icons-react'
import type { ApplianceDetail } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { useWords } from '../../words/index.ts'

/** Why an appliance that talks is not heard, or not wholly: the last payload refused, and the values that do not count. */
export function NotHeard({ appliance: { heard, lastReading } }: { appliance: ApplianceDetail }) {
  const { t } = useWords()
  const { droppedValues, lastRefused, refusedInARow } = heard
  if (droppedValues.length === 0 && refusedInARow === 0) return null
  return (
    <Alert color="orange" variant="light" icon={<IconEarOff size={18} aria-hidden />} title={t('appliance.notHeard')}>
      {!lastReading && <Text size="sm">{t('appliance.neverHeard')}</Text>}
      {lastRefused && refusedInARow > 0 && (
        <Text size="sm">
          {t('appliance.lastRefused', { detail: lastRefused.detail })} <When at={lastRefused.at} />
          <Code block mt={4} style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
            {lastRefused.sample}
          </Code>
        </Text>
      )}
      <List size="sm" mt={4}>
        {droppedValues.map(({ metric, why, sample, count }) => (
          <List.Item key={`${metric}/${why}`}>
            <Code>{metric}</Code> {t(`appliance.droppedValue.${why}`)}: <Code>{sample}</Code> × {count}
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}
