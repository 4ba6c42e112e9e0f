import { Card, Group, Stack, Text, UnstyledButton } from '@mantine/core'
import { useEffect, useRef } from 'react'
import type { Alert } from '../../api.ts'
import { StateBadge, useDuration, When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { useWords } from '../../words/index.ts'

/** The inbox of alerts; the chosen one scrolls into view when the keys move it. */
export function AlertList({
  alerts,
  chosen,
  choose,
}: {
  alerts: readonly Alert[]
  chosen: string | undefined
  choose: (id: string) => void
}) {
  const { t } = useWords()
  const names = useNames()
  const duration = useDuration()
  const current = useRef<HTMLButtonElement>(null)
  // When another one is chosen
  useEffect(() => {
    // Newer browsers answer with a promise, which React would take for a way to clean up.
    void current.current?.scrollIntoView({ block: 'nearest' })
  }, [chosen])
  return (
    <Card withBorder padding={0} style={{ minWidth: 0 }}>
      <Stack gap={0} className="alert-list" role="group" aria-label={t('nav.alerts')}>
        {alerts.map((alert) => (
          <UnstyledButton
            key={alert.id}
            ref={alert.id === chosen ? current : undefined}
            className="alert-row"
            aria-pressed={alert.id === chosen}
            onClick={() => choose(alert.id)}
          >
            <Group justify="space-between" wrap="nowrap" gap="xs">
              <Text size="sm" fw={600} truncate>
                {names.mode(alert.kind, alert.failureMode)}
              </Text>
              <StateBadge state={alert.severity} words={t(`severity.${alert.severity}`)} />
            </Group>
            <Group justify="space-between" wrap="nowrap" gap="xs">
              <Text size="sm" c="dimmed" truncate>
                {alert.kind === 'gateway' ? t('alert.gateway', { id: alert.appliance }) : alert.appliance} ·{' '}
                <When at={alert.openedAt ?? alert.firstSeenAt} />
              </Text>
              <Text size="sm" style={{ whiteSpace: 'nowrap' }}>
                {alert.stage === 'failed'
                  ? t('alert.failedShort')
                  : alert.stage === 'proving'
                    ? t('alert.provingShort', alert.proving ?? { done: 0, of: '…' })
                    : alert.remainingLife
                      ? t('alert.left', { time: duration(alert.remainingLife.p50) })
                      : t(`alertState.${alert.state}`)}
              </Text>
            </Group>
          </UnstyledButton>
        ))}
      </Stack>
    </Card>
  )
}
