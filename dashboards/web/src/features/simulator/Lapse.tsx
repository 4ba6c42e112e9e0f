import { Card, Group, Progress, Text } from '@mantine/core'
import type { SimulatorView } from '../../api.ts'
import { percent } from '../../components/format.tsx'
import { exactTime } from '../../components/plainText.ts'
import { useWords } from '../../words/index.ts'

/** A new world's month passes in time-lapse, with its progress. */
export function Lapse({ lapse, now }: { lapse: NonNullable<SimulatorView['lapse']>; now: number }) {
  const { t, lang } = useWords()
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between" mb={4} gap="xs">
        <Text size="sm">
          {t('fleet.lapse')} · {exactTime(now, lang)}
        </Text>
        <Text size="sm" fw={600}>
          {percent(lapse.progress, lang)}
        </Text>
      </Group>
      <Progress value={lapse.progress * 100} aria-label={t('fleet.lapse')} />
    </Card>
  )
}
