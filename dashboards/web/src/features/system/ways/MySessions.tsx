import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useCall } from '../../../api.ts'
import { When } from '../../../components/format.tsx'
import { Panel } from '../../../components/Page.tsx'
import { useAction } from '../../../components/useAction.ts'
import { useWords } from '../../../words/index.ts'

/** Where one is signed in; what one does not know there is ended. */
export function MySessions() {
  const { t } = useWords()
  const { act, busy } = useAction()
  const { data } = useCall('GET /api/session/all', {})
  // A token has none.
  if (!data || data.items.length === 0) return null
  return (
    <Panel title={t('places.sessions')} hint={t('places.sessionsHint')}>
      <Stack gap="sm">
        {data.items.map(({ id, createdAt, address, agent, current }) => (
          <SessionLine key={id} agent={agent} address={address} at={createdAt}>
            {current ? (
              <Badge variant="light">{t('places.thisOne')}</Badge>
            ) : (
              <Button
                size="compact-sm"
                variant="default"
                loading={busy}
                onClick={() => void act('DELETE /api/session/all/:id', { id }, undefined, t('places.ended'))}
              >
                {t('places.end')}
              </Button>
            )}
          </SessionLine>
        ))}
      </Stack>
    </Panel>
  )
}

/** One place where somebody is signed in, and what may be done about it. */
export function SessionLine(props: { agent: string; address: string; at: number; children: ReactNode }) {
  const { agent, address, at, children } = props
  return (
    <Group justify="space-between" wrap="nowrap">
      <div style={{ minWidth: 0 }}>
        <Text size="sm" truncate title={agent}>
          {agent}
        </Text>
        <Text size="xs" c="dimmed">
          {address} · <When at={at} />
        </Text>
      </div>
      <div style={{ flexShrink: 0 }}>{children}</div>
    </Group>
  )
}
