import { Badge, Card, Group, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconHourglass, IconWaveSine } from '@tabler/icons-react'
import type { KindDrift } from '../../api.ts'
import { number, percent } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { useWords } from '../../words/index.ts'

const looks = {
  learning: { color: 'gray', Icon: IconHourglass },
  steady: { color: 'teal', Icon: IconCircleCheck },
  shifting: { color: 'yellow', Icon: IconWaveSine },
  drifted: { color: 'red', Icon: IconAlertTriangle },
} as const

/** Are the models' inputs still what they were? One sentence a kind. */
export function ModelDrift({ drift }: { drift: readonly KindDrift[] }) {
  const { t, lang } = useWords()
  const names = useNames()
  const input = (kind: string, name: string): string =>
    name.startsWith('level:') ? t('models.level', { scale: name.slice(6) }) : names.feature(kind, name)
  return (
    <Card withBorder padding="md">
      <Title order={3} fz="md">
        {t('models.drift')}
      </Title>
      <Text size="xs" c="dimmed" mb="sm">
        {t('models.driftHint')}
      </Text>
      <Stack gap="sm">
        {drift.map(({ kind, state, reference, beyond, inputs }) => {
          const { color, Icon } = looks[state]
          return (
            <div key={kind}>
              <Group gap="xs">
                <Text fw={600} size="sm">
                  {names.kind(kind)}
                </Text>
                <Badge variant="light" color={color} leftSection={<Icon size={12} aria-hidden />}>
                  {t(`models.driftState.${state}`)}
                </Badge>
                <Text size="xs" c="dimmed">
                  {t(`models.reference.${reference}`)}
                </Text>
              </Group>
              <Text size="sm">{t(`models.driftSaid.${state}`)}</Text>
              {beyond && (
                <Text size="xs" c="dimmed">
                  {t('models.driftBeyond', {
                    share: percent(beyond.share, lang),
                    rows: number(beyond.rows, lang, 0),
                    reference: percent(beyond.reference, lang),
                  })}
                </Text>
              )}
              {inputs.length > 0 && (
                <Text size="xs" c="dimmed">
                  {t('models.driftInputs')}:{' '}
                  {inputs
                    .slice(0, 3)
                    .map(({ name, psi }) => `${input(kind, name)} ${number(psi, lang, 2)}`)
                    .join(' · ')}
                </Text>
              )}
            </div>
          )
        })}
      </Stack>
    </Card>
  )
}
