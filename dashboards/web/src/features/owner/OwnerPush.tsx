import { Button, Text } from '@mantine/core'
import { call } from '../../api.ts'
import { useWords } from '../../words/index.ts'
import { usePush } from '../desk/usePush.ts'

/** The owner's own browser may be told what happens. */
export function OwnerPush({ secret }: { secret: string }) {
  const { t } = useWords()
  const { state, toggle, busy } = usePush((subscription) => call('POST /api/t/:secret/push', { secret }, subscription))
  if (state === 'impossible') return null
  if (state !== 'off')
    return (
      <Text size="sm" c="dimmed" ta="center">
        {t(state === 'on' ? 'ownerPush.on' : 'ownerPush.refused')}
      </Text>
    )
  return (
    <Button variant="subtle" loading={busy} onClick={() => void toggle()}>
      {t('ownerPush.ask')}
    </Button>
  )
}
