import { Card, Group, Stack, Text, UnstyledButton } from '@mantine/core'
import { useEffect, useRef } from 'react'
import type { Alert } from '../../api.ts'
import { StateBadge, useDuration, When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { useWords } from '../../words/index.ts'
import { handlerOf } from './deeds.ts'

/** The inbox of alerts; the chosen one scrolls into view when the keys move it. */
export function AlertList({
  alerts,
  chosen,
  choose,
  selected,
  select,
}: {
  alerts: readonly Alert[]
  chosen: string | undefined
  choose: (id: string) => void
  selected: readonly string[]
  /** Absent for those who may only look. */
  select: ((id: string, stretch: boolean) => void) | undefined
}) {
  const { t } = useWords()
  const names = useNames()
  const current = useRef<HTMLDivElement>(null)
  // When another one is chosen
  useEffect(() => {
    // Newer browsers answer with a promise, which React would take for a way to clean up.
    void current.current?.scrollIntoView({ block: 'nearest' })
  }, [chosen])
  return (
    <Card withBorder padding={0} style={{ minWidth: 0 }}>
      <Stack gap={0} className="alert-list" role="group" aria-label={t('nav.alerts')}>
        {alerts.map((alert) => (
          <div
            key={alert.id}
            ref={alert.id === chosen ? current : undefined}
            className="alert-row"
            data-chosen={alert.id === chosen || undefined}
          >
            {select && (
              <input
                type="checkbox"
                aria-label={t('deed.select', {
                  what: `${names.mode(alert.kind, alert.failureMode)}, ${alert.appliance}`,
                })}
                checked={selected.includes(alert.id)}
                onClick={(event) => select(alert.id, event.shiftKey)}
              />
            )}
            <Row alert={alert} isChosen={alert.id === chosen} choose={choose} />
          </div>
        ))}
      </Stack>
    </Card>
  )
}

function Row({ alert, isChosen, choose }: { alert: Alert; isChosen: boolean; choose: (id: string) => void }) {
  const { t } = useWords()
  const names = useNames()
  const left = useLeft()
  return (
    <UnstyledButton aria-pressed={isChosen} onClick={() => choose(alert.id)}>
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
          {left(alert)}
        </Text>
      </Group>
      <Became alert={alert} />
    </UnstyledButton>
  )
}

/** Who looks after it, what was written, and what became of its ticket. */
function Became({ alert }: { alert: Alert }) {
  const { t } = useWords()
  const { notes, fate } = alert
  const said = [
    handlerOf(alert),
    notes && t('deed.notes', { count: notes.length }),
    fate && `${fate.number} ${t(`ticketState.${fate.state}`)}`,
  ].filter((one) => one !== undefined)
  if (said.length === 0) return null
  return (
    <Text size="xs" c="dimmed" truncate>
      {said.join(' · ')}
    </Text>
  )
}

/** How much time is left, or how far it has come. */
function useLeft(): (alert: Alert) => string {
  const { t } = useWords()
  const duration = useDuration()
  return ({ stage, proving, remainingLife, state }) => {
    if (stage === 'failed') return t('alert.failedShort')
    if (stage === 'proving') return t('alert.provingShort', proving ?? { done: 0, of: '…' })
    return remainingLife ? t('alert.left', { time: duration(remainingLife.p50) }) : t(`alertState.${state}`)
  }
}
