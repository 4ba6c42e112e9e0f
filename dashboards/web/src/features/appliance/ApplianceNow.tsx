import { Anchor, Card, Group, Progress, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Alert, ApplianceDetail, Ticket } from '../../api.ts'
import { number, StateBadge, When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { useWords } from '../../words/index.ts'
import { Hypotheses, LifeBand, useHypothesisSentence } from '../evidence/Hypotheses.tsx'
import { useEngineerName } from '../ticket/useEngineerName.ts'

/** Nothing weighs on its signal now: why somebody comes all the same is said, or what was found without a feature's help. */
const calm = ({ status, health, tickets }: ApplianceDetail) =>
  health < 80
    ? 'appliance.movedByFinding'
    : status === 'visit' && tickets.length > 0
      ? 'appliance.calmButAgreed'
      : 'appliance.nothingMoved'

/** Health, 0 to 100, and what moved it. */
export function HealthCard({ appliance }: { appliance: ApplianceDetail }) {
  const { t, lang } = useWords()
  const names = useNames()
  const { health, because, learningSince } = appliance
  const color = health >= 80 ? 'teal' : health >= 50 ? 'yellow' : 'red'
  return (
    <Card withBorder padding="md">
      <Title order={2}>{t('common.health')}</Title>
      <Group gap="md" wrap="nowrap" my="xs">
        <Text fz={32} fw={700} lh={1}>
          {Math.round(health)}
        </Text>
        <Progress value={health} color={color} size="lg" style={{ flex: 1 }} aria-label={t('common.health')} />
      </Group>
      {because.length === 0 ? (
        <Text size="sm" c="dimmed">
          {appliance.status === 'learning' ? t('appliance.learning') : t(calm(appliance))}
        </Text>
      ) : (
        <Stack gap={2}>
          <Text size="sm" c="dimmed">
            {t('appliance.movedBy')}
          </Text>
          {because.slice(0, 4).map(({ feature, points }) => (
            <Group key={feature} justify="space-between" wrap="nowrap">
              <Text size="sm">{names.feature(appliance.kind, feature)}</Text>
              <Text size="sm">{t('appliance.points', { points: number(-Math.abs(points), lang, 0) })}</Text>
            </Group>
          ))}
        </Stack>
      )}
      {appliance.failedAt && (
        <Text size="sm" fw={600} mt="xs">
          {t('appliance.failedSince')} <When at={appliance.failedAt} />
        </Text>
      )}
      {appliance.proving?.map(({ ticket, done, of }) => (
        <Text key={ticket} size="sm" fw={600} mt="xs">
          {t('alert.proving', { done, of })}
        </Text>
      ))}
      {appliance.neverCycles && (
        <Text size="sm" c="dimmed" mt="xs">
          {t('appliance.neverCycles')}
        </Text>
      )}
      {appliance.cutCycles?.map(({ cycle, count, last }) => (
        <Text key={cycle} size="sm" c="dimmed" mt="xs">
          {t('appliance.cutCycles', { times: count, cycle: names.cycle(appliance.kind, cycle) })}{' '}
          <When at={last.from} />
        </Text>
      ))}
      {learningSince && (
        <Text size="sm" c="dimmed" mt="xs">
          {t('appliance.learnsAnew', { reason: learningSince.reason })} <When at={learningSince.since} />
        </Text>
      )}
    </Card>
  )
}

/** What it may be is a question until it is repaired. */
const isAsking = ({ stage }: Alert): boolean => stage !== 'proving' && stage !== 'over'

/** The hypothesis in a sentence, with its probability and what is left as a band. */
export function FindingCard({
  appliance,
  alert,
  ticket,
}: {
  appliance: ApplianceDetail
  alert?: Alert
  ticket?: Ticket
}) {
  const { t, say } = useWords()
  const sentence = useHypothesisSentence()
  const engineerName = useEngineerName()
  return (
    <Card withBorder padding="md">
      <Group justify="space-between" mb="xs">
        <Title order={2}>{t('appliance.finding')}</Title>
        {alert && <StateBadge state={alert.severity} words={t(`severity.${alert.severity}`)} />}
      </Group>
      {!alert && !appliance.quiet && (
        <Text size="sm" c="dimmed">
          {t(appliance.status === 'silent' ? 'appliance.silent' : 'appliance.noFinding')}
        </Text>
      )}
      {appliance.quiet && <QuietSentence quiet={appliance.quiet} />}
      {alert && (
        <Stack gap="sm">
          <Text fw={500}>{sentence(appliance.kind, alert)}</Text>
          {alert.remainingLife && <LifeBand life={alert.remainingLife} />}
          {isAsking(alert) && <Hypotheses kind={appliance.kind} hypotheses={alert.hypotheses} />}
          <Text size="sm" c="dimmed">
            {say(alert.explanation.engineer)}
          </Text>
        </Stack>
      )}
      {ticket && (
        <Text size="sm" mt="sm">
          <Anchor component={Link} to={`/tickets/${ticket.id}`}>
            {ticket.number}
          </Anchor>{' '}
          · {t(`ticketState.${ticket.state}`)}
          {ticket.engineer ? ` · ${engineerName(ticket.engineer)}` : ''}
        </Text>
      )}
    </Card>
  )
}

/** Switched off, an outage of its area, its gateway that went, or its own silence. */
function QuietSentence({ quiet }: { quiet: NonNullable<ApplianceDetail['quiet']> }) {
  const { t } = useWords()
  return (
    <Text size="sm" c="dimmed" mb="xs">
      {t(`appliance.quiet.${quiet.why}`)} <When at={quiet.since} />
      {quiet.until !== undefined && (
        <>
          {t('appliance.quiet.until')} <When at={quiet.until} />
        </>
      )}
      {quiet.gateway && (
        <>
          {' · '}
          <Anchor component={Link} to="/alerts" search={{ id: quiet.alert } as never}>
            {t('alert.gateway', { id: quiet.gateway })}
          </Anchor>
        </>
      )}
      {quiet.cohort && (
        <>
          {' · '}
          <Anchor component={Link} to="/alerts" search={{ cohort: quiet.cohort } as never}>
            {t('cohort.part')}
          </Anchor>
        </>
      )}
    </Text>
  )
}
