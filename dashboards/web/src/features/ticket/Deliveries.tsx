import { Stack, Text } from '@mantine/core'
import { useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { Panel } from '../../components/Page.tsx'
import { useWords } from '../../words/index.ts'

/** What the owner was told of it: by which ways, and whether it arrived. */
export function Deliveries({ ticket }: { ticket: string }) {
  const { t } = useWords()
  const { data } = useCall('GET /api/tickets/:id/deliveries', { id: ticket }, 20_000)
  if (!data?.items.length) return null
  return (
    <Panel title={t('delivery.title')}>
      <Stack gap="xs">
        {data.items.map(({ key, at, state, ways }) => (
          <div key={key}>
            <Text size="sm" fw={500} c={state === 'unreached' ? 'var(--late)' : undefined}>
              <When at={at} /> · {t(`delivery.states.${state}`)}
            </Text>
            {ways.map((one) => (
              <Text key={one.way} size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                {t(`delivery.ways.${one.way}`)}: {t(`delivery.wayStates.${one.state}`)}
                {one.error ? ` (${one.error})` : ''}
              </Text>
            ))}
          </div>
        ))}
      </Stack>
    </Panel>
  )
}
