import { Anchor, Badge, Card, Grid, Group, Stack, Text } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import { type Alert, type Answer, type Ticket, useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { Failure, Page, Panel, Waiting } from '../../components/Page.tsx'
import { slotText } from '../../components/plainText.ts'
import { useFresh } from '../../live.ts'
import { useWords } from '../../words/index.ts'
import { Bursts } from '../appliance/Bursts.tsx'
import { Hypotheses, useHypothesisSentence } from '../evidence/Hypotheses.tsx'
import { Proof, useMarks } from '../evidence/Proof.tsx'
import { SimilarCases } from '../evidence/SimilarCases.tsx'
import { TicketArticles } from '../knowledge/TicketArticles.tsx'
import { Bill } from './Bill.tsx'
import { Candidates } from './Candidates.tsx'
import { Checks } from './CheckCard.tsx'
import { Contacts } from './Contacts.tsx'
import { Deliveries } from './Deliveries.tsx'
import { Kit } from './Kit.tsx'
import { OwnerPhone } from './OwnerPhone.tsx'
import { PriorityBadge } from './PriorityBadge.tsx'
import { ProjectCard } from './ProjectCard.tsx'
import { SlaClock } from './SlaClocks.tsx'
import { TicketActions } from './TicketActions.tsx'
import { TicketTimeline } from './TicketTimeline.tsx'
import { useEngineerName } from './useEngineerName.ts'
import { useTicketTitle } from './useTicketTitle.ts'
import { VisitCard } from './VisitCard.tsx'
import { WhyAndWhen } from './WhyAndWhen.tsx'

/** One promise to an owner: why, who goes with what, is it in time, and did it help? */
export default function TicketPage() {
  const { t } = useWords()
  const { id } = useParams({ strict: false }) as { id: string }
  const path = `/api/tickets/${encodeURIComponent(id)}`
  const { data: ticket, error, refetch } = useCall('GET /api/tickets/:id', { id }, 20_000)
  const { data: similar } = useCall('GET /api/tickets/:id/similar', { id })
  const { data: alerts } = useCall('GET /api/alerts', ticket ? { appliance: ticket.appliance, limit: 50 } : null)
  const mine = (alerts?.items ?? []).filter((alert) => ticket?.alerts.includes(alert.id))
  const standing = mine.find(({ stage }) => stage !== 'over' && stage !== 'suspected')
  const { data: whole } = useCall('GET /api/alerts/:id', standing ? { id: standing.id } : null, 20_000)
  const lead = whole?.id === standing?.id ? whole : undefined
  useFresh(['ticket', 'alert'], [path, '/api/alerts'])
  if (!ticket || ticket.id !== id) {
    return (
      <Page title={t('ticket.title', { number: '' })}>
        {error ? <Failure error={error} retry={() => void refetch()} /> : <Waiting />}
      </Page>
    )
  }
  // All that is said of the fault is of one version: the standing alert's, or, without one, what the ticket ended with.
  const told = lead ?? {
    hypotheses: ticket.hypotheses,
    stage: mine.length > 0 ? ('over' as const) : ('warns' as const),
  }
  return (
    <Page title={t('ticket.title', { number: ticket.number })} action={<TicketActions ticket={ticket} alerts={mine} />}>
      {error && <Failure error={error} retry={() => void refetch()} />}
      <Standing ticket={ticket} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <Stack gap="md">
            {ticket.verification && <Verification ticket={ticket} />}
            <Found ticket={ticket} told={told} lead={lead} alerts={mine} />
            <WhyAndWhen ticket={ticket} lead={lead} />
            <Checks ticket={ticket} changed={() => void refetch()} />
            <Bursts appliance={ticket.appliance} kind={ticket.kind} />
            <Panel title={t('ticket.cause')}>
              {told.stage !== 'over' && told.stage !== 'proving' && told.hypotheses.length > 0 && (
                <Hypotheses kind={ticket.kind} hypotheses={told.hypotheses} />
              )}
              <Kit ticket={ticket} />
            </Panel>
            <Panel title={t('similar.title')}>
              <SimilarCases kind={ticket.kind} cases={similar?.items ?? []} />
            </Panel>
            <ProjectCard ticket={ticket} />
            <TicketArticles ticket={ticket} />
            <VisitCard ticket={ticket} />
            <Candidates ticket={ticket} />
            <TicketTimeline ticket={ticket} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Stack gap="md">
            <Promises ticket={ticket} />
            {(ticket.closure || ticket.bill) && <Bill ticket={ticket} />}
            <Contacts ticket={ticket} />
            <Deliveries ticket={ticket.id} />
            {ticket.ownerLink && <OwnerPhone ticket={ticket} />}
          </Stack>
        </Grid.Col>
      </Grid>
    </Page>
  )
}

/** Where it stands, and with whom. */
function Standing({ ticket }: { ticket: Ticket }) {
  const { t, lang } = useWords()
  const engineerName = useEngineerName()
  return (
    <>
      <Group gap="sm">
        <Badge variant="light" size="lg" tt="none">
          {t(`ticketState.${ticket.state}`)}
        </Badge>
        <PriorityBadge priority={ticket.priority} />
        <Anchor component={Link} to={`/appliances/${ticket.appliance}`} size="sm">
          {ticket.appliance}
        </Anchor>
        <Text size="sm">{t(`ticket.sources.${ticket.source}`)}</Text>
        {ticket.owner && <Text size="sm">{ticket.owner.name}</Text>}
        {ticket.engineer && <Text size="sm">{t('ticket.goes', { engineer: engineerName(ticket.engineer) })}</Text>}
        {ticket.slot && <Text size="sm">{slotText(ticket.slot, lang, ticket.timeZone)}</Text>}
        {ticket.heldBy && (
          <Badge variant="outline" color="gray" tt="none">
            {t('ticket.heldBy', { by: ticket.heldBy.replace('user:', '') })}
          </Badge>
        )}
      </Group>
      {ticket.recallOf && (
        <Text size="sm">
          {t('visit.recall')} {ticket.swapRight ? t('visit.swap') : ''}{' '}
          <Anchor component={Link} to={`/tickets/${ticket.recallOf}`} size="sm">
            {t('inbox.ticket')}
          </Anchor>
        </Text>
      )}
      {ticket.remote && (
        <Text size="sm">
          {t('visit.remoteResult', {
            type: t(`visit.remoteTypes.${ticket.remote.type as 'restart'}`),
            result: t(`visit.remoteResults.${ticket.remote.result ?? 'sent'}`),
          })}
        </Text>
      )}
    </>
  )
}

type AlertDetail = Answer<'GET /api/alerts/:id'>
type Told = Pick<AlertDetail, 'hypotheses' | 'stage'>

/** What was found on the appliance, with its proof. */
function Found(props: { ticket: Ticket; told: Told; lead: AlertDetail | undefined; alerts: readonly Alert[] }) {
  const { ticket, told, lead, alerts } = props
  const { say } = useWords()
  const title = useTicketTitle()
  const marksOf = useMarks()
  const sentence = useHypothesisSentence()
  return (
    <Panel title={title(ticket)}>
      {told.hypotheses.length > 0 && ticket.source === 'predicted' && (
        <Text fw={500} mb="xs">
          {sentence(ticket.kind, told)}
        </Text>
      )}
      <Text size="sm" mb="md">
        {say(lead?.explanation.engineer ?? ticket.diagnosis)}
      </Text>
      <Proof
        appliance={ticket.appliance}
        kind={ticket.kind}
        evidence={lead?.evidence ?? ticket.evidence}
        at={Math.min(ticket.createdAt, ...alerts.map(({ firstSeenAt }) => firstSeenAt))}
        until={Math.max(ticket.updatedAt, ticket.createdAt)}
        marks={marksOf(alerts, [ticket])}
      />
    </Panel>
  )
}

function Promises({ ticket }: { ticket: Ticket }) {
  const { t } = useWords()
  return (
    <Panel title={t('ticket.promises')}>
      <Stack gap={4}>
        {ticket.clocks.map((clock) => (
          <SlaClock key={clock.name} clock={clock} />
        ))}
        {ticket.clocks.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('ticket.noClocks')}
          </Text>
        )}
      </Stack>
      {ticket.visit && (
        <Text size="sm" mt="sm">
          {t('ticket.visitStarted')} <When at={ticket.visit.startedAt} />
          {ticket.visit.endedAt && (
            <>
              {' · '}
              {t('ticket.visitEnded')} <When at={ticket.visit.endedAt} />
            </>
          )}
        </Text>
      )}
    </Panel>
  )
}

/** What the appliance's own signal says of the repair. */
function Verification({ ticket }: { ticket: Ticket }) {
  const { t } = useWords()
  const state = ticket.verification ?? 'pending'
  const color = { pending: 'gray', passed: 'teal', failed: 'red', 'no-data': 'gray' }[state]
  return (
    <Card withBorder padding="md" style={{ borderLeft: `4px solid var(--mantine-color-${color}-6)` }}>
      <Text fw={600}>{t(`ticket.verification.${state}`)}</Text>
      <Text size="sm" c="dimmed">
        {t(`ticket.verificationWhy.${state}`)}
      </Text>
    </Card>
  )
}
