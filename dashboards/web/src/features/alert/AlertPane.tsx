import { Anchor, Group, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { type Alert, useCall } from '../../api.ts'
import { StateBadge, When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { useWords } from '../../words/index.ts'
import { Hypotheses, LifeBand, useHypothesisSentence } from '../evidence/Hypotheses.tsx'
import { Proof, useMarks } from '../evidence/Proof.tsx'
import { SimilarCases } from '../evidence/SimilarCases.tsx'
import { WhyNow } from '../evidence/WhyNow.tsx'
import { AlertNotes } from './AlertNotes.tsx'

/** One alert with its proof and what one may do. */
export function AlertPane({ alert, actions }: { alert: Alert; actions: ReactNode }) {
  const { t, say } = useWords()
  const sentence = useHypothesisSentence()
  const marksOf = useMarks()
  const { data: tickets } = useCall('GET /api/tickets', { appliance: alert.appliance, limit: 20 })
  const { data: whole } = useCall('GET /api/alerts/:id', { id: alert.id })
  const isStanding = alert.state === 'open' || alert.state === 'acknowledged'
  const ticket = tickets?.items.find(({ id }) => id === alert.ticket)
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="sm">
        <AlertHead alert={alert} number={ticket?.number} />
        {actions}
      </Group>
      <Text fw={500}>{sentence(alert.kind, alert)}</Text>
      {alert.remainingLife && <LifeBand life={alert.remainingLife} />}
      <Text size="sm">{say(alert.explanation.engineer)}</Text>
      <AlertFacts alert={alert} />
      <Proof
        appliance={alert.appliance}
        kind={alert.kind}
        evidence={alert.evidence}
        at={alert.firstSeenAt}
        until={alert.clearedAt ?? alert.updatedAt}
        marks={marksOf([alert], tickets?.items ?? [])}
      />
      {alert.hypotheses.length > 1 && (
        <div>
          <Text fw={600} size="sm" mb={4}>
            {t('alert.hypotheses')}
          </Text>
          <Hypotheses kind={alert.kind} hypotheses={alert.hypotheses} />
        </div>
      )}
      {whole?.weighed && !alert.ticket && isStanding && alert.severity !== 'info' && (
        <div>
          <Title order={3} mb={4}>
            {t('weighed.title')}
          </Title>
          <WhyNow weighed={whole.weighed} />
        </div>
      )}
      {whole && alert.failureMode !== 'silent' && (
        <div>
          <Title order={3} mb={4}>
            {t('similar.title')}
          </Title>
          <SimilarCases kind={alert.kind} cases={whole.similar} />
        </div>
      )}
      <Text size="xs" c="dimmed">
        {t('alert.detector', { detector: alert.detector })}
      </Text>
    </Stack>
  )
}

/** What people said and decided of it, and what it waits for. */
function AlertFacts({ alert }: { alert: Alert }) {
  const { t } = useWords()
  return (
    <>
      <AlertNotes alert={alert} />
      {alert.dismissed && (
        <Text size="sm" c="dimmed">
          {t('alert.dismissedBy', { by: alert.dismissed.by, why: alert.dismissed.why })}
        </Text>
      )}
      {alert.marked && (
        <Text size="sm" c="dimmed">
          {t('mark.of', {
            by: alert.marked.by.replace('user:', ''),
            verdict: t(`mark.verdicts.${alert.marked.verdict}`),
          })}
        </Text>
      )}
      {alert.heldBack && <Text size="sm">{t('mark.held')}</Text>}
      {alert.downgraded && (
        <Text size="sm" c="dimmed">
          {t('mark.downgraded', { by: alert.downgraded.by.replace('user:', ''), why: alert.downgraded.why })}
        </Text>
      )}
      {alert.cohort && (
        <Text size="sm">
          <Anchor component={Link} to="/alerts" search={{ cohort: alert.cohort, id: alert.id } as never}>
            {t('cohort.part')}
          </Anchor>
          {alert.heldUntil !== undefined && (
            <>
              {' · '}
              {t('cohort.heldUntil')} <When at={alert.heldUntil} />
            </>
          )}
        </Text>
      )}
      {alert.snoozedUntil && (
        <Text size="sm" c="dimmed">
          {t('alert.snoozedUntil')} <When at={alert.snoozedUntil} />
        </Text>
      )}
    </>
  )
}

function AlertHead({ alert, number }: { alert: Alert; number: string | undefined }) {
  const { t } = useWords()
  const names = useNames()
  return (
    <div>
      <Title order={2}>{names.mode(alert.kind, alert.failureMode)}</Title>
      <Group gap="xs">
        {alert.kind === 'gateway' ? (
          <Text size="sm">{t('alert.gateway', { id: alert.appliance })}</Text>
        ) : (
          <Anchor component={Link} to={`/appliances/${alert.appliance}`} size="sm">
            {alert.appliance}
          </Anchor>
        )}
        <StateBadge state={alert.severity} words={t(`severity.${alert.severity}`)} />
        <Text size="sm" c="dimmed">
          {t(`alertState.${alert.state}`)} · <When at={alert.openedAt ?? alert.firstSeenAt} />
        </Text>
        {alert.ticket && (
          <Anchor component={Link} to={`/tickets/${alert.ticket}`} size="sm">
            {t('alert.ticket', { number: number ?? '' })}
          </Anchor>
        )}
      </Group>
    </div>
  )
}
