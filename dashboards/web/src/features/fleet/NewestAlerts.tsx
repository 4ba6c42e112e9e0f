import { Anchor, Card, Group, Skeleton, Stack, Text, Title, UnstyledButton } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type Alert, useCall } from '../../api.ts'
import { StateBadge, When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { Empty } from '../../components/Page.tsx'
import { useFresh } from '../../live.ts'
import { useWords } from '../../words/index.ts'

const STANDING = { state: 'open,acknowledged', limit: 500 }
const SHOWN = 8
const WEEK_HOURS = 168

/** How many appliances are foreseen to fail within a week. */
export function useForecast(): number | undefined {
  const { data } = useCall('GET /api/alerts', STANDING, 30_000)
  if (!data) return undefined
  return new Set(
    data.items
      .filter(({ remainingLife }) => remainingLife && remainingLife.p50 <= WEEK_HOURS)
      .map(({ appliance }) => appliance),
  ).size
}

/** The newest alerts with their reason in words. While somebody points at them they stay as they are. */
export function NewestAlerts() {
  const { t, say } = useWords()
  const names = useNames()
  const { data } = useCall('GET /api/alerts', STANDING, 30_000)
  useFresh(['alert'], ['/api/alerts'])
  const [held, hold] = useState<Alert[]>()
  const newest = data?.items.toSorted((a, b) => (b.openedAt ?? 0) - (a.openedAt ?? 0)).slice(0, SHOWN)
  const shown = held ?? newest
  return (
    <Card withBorder padding="md" onMouseEnter={() => hold(newest)} onMouseLeave={() => hold(undefined)}>
      <Group justify="space-between" mb="sm">
        <Title order={2}>{t('fleet.newestAlerts')}</Title>
        <Anchor component={Link} to="/alerts" size="sm">
          {t('common.all')}
        </Anchor>
      </Group>
      {!shown && <Skeleton height={180} />}
      {shown?.length === 0 && <Empty>{t('alert.empty')}</Empty>}
      <Stack gap="md">
        {shown?.map((alert) => (
          <UnstyledButton
            key={alert.id}
            component={Link}
            to="/alerts"
            search={{ id: alert.id } as never}
            style={{ display: 'block' }}
          >
            <Group gap="xs" justify="space-between" wrap="nowrap">
              <Text size="sm" fw={600} truncate>
                {alert.kind === 'gateway' ? t('alert.gateway', { id: alert.appliance }) : alert.appliance}
              </Text>
              <StateBadge state={alert.severity} words={t(`severity.${alert.severity}`)} />
            </Group>
            <Text size="sm" lineClamp={2}>
              {say(alert.explanation.engineer, names.mode(alert.kind, alert.failureMode))}
            </Text>
            <Text size="xs" c="dimmed">
              <When at={alert.openedAt} />
            </Text>
          </UnstyledButton>
        ))}
      </Stack>
    </Card>
  )
}
