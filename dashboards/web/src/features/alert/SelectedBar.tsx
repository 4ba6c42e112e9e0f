import { Button, Group, Text } from '@mantine/core'
import { useWords } from '../../words/index.ts'
import type { Deed } from './deeds.ts'
import type { Asking } from './useInboxKeys.ts'

/** One deed for all that are selected. */
export function SelectedBar({
  count,
  clear,
  ask,
  carryOut,
}: {
  count: number
  clear: () => void
  ask: (what: Asking) => void
  carryOut: (deed: Deed) => void
}) {
  const { t } = useWords()
  return (
    <Group gap="xs" role="toolbar" aria-label={t('deed.bar')}>
      <Text size="sm" fw={600}>
        {t('deed.selected', { count })}
      </Text>
      <Button size="xs" onClick={() => carryOut({ name: 'acknowledge' })}>
        {t('alert.acknowledge')}
      </Button>
      {(['snooze', 'mark', 'assign', 'note'] as const).map((what) => (
        <Button key={what} size="xs" variant="default" onClick={() => ask(what)}>
          {t(`deed.ask.${what}`)}
        </Button>
      ))}
      <Button size="xs" variant="subtle" onClick={clear}>
        {t('deed.clear')}
      </Button>
    </Group>
  )
}
