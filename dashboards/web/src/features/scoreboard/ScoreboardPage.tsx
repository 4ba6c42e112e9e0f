import { Alert, Anchor, Card, Group, SimpleGrid, Skeleton, Table, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type Scoreboard, useCall } from '../../api.ts'
import { number, percent, When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { Empty, Failure, Page, Panel } from '../../components/Page.tsx'
import { money } from '../../components/plainText.ts'
import { Stat } from '../../components/Stat.tsx'
import { useFresh } from '../../live.ts'
import { useWords } from '../../words/index.ts'
import { ModelsSection } from '../models/ModelsSection.tsx'
import { Reliability } from './Reliability.tsx'
import { ScoreSlices } from './ScoreSlices.tsx'
import { ShareText } from './ShareText.tsx'
import { TicketCount } from './TicketCount.tsx'

/** Can I trust the predictions? */
export default function ScoreboardPage() {
  const { t, lang } = useWords()
  const { data, error, refetch } = useCall('GET /api/scoreboard', {}, 20_000)
  useFresh(['ticket'], ['/api/scoreboard'])
  return (
    <Page title={t('nav.scoreboard')}>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={360} />}
      {data && (
        <>
          <section aria-label={t('score.verdicts')}>
            <Title order={2} mb={4}>
              {t('score.verdicts')}
            </Title>
            <Text size="sm" c="dimmed" mb="sm">
              {t('score.verdictsHint')}
            </Text>
            <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
              <Stat
                label={t('score.precision')}
                value={<ShareText share={data.verdicts.precision} />}
                to="/tickets"
                search={predicted({ verdict: 'confirmed' })}
              />
              <Stat
                label={t('score.undecided')}
                value={number(data.verdicts.undecided, lang)}
                hint={t('score.undecidedHint')}
                to="/tickets"
                search={predicted({ verdict: 'undecided' })}
              />
              <Stat
                label={t('score.falseTickets')}
                value={number(data.verdicts.falseTicketsPerApplianceYear, lang, 3)}
                hint={t('score.over', { years: number(data.verdicts.applianceYears, lang, 1) })}
                to="/tickets"
                search={predicted({ verdict: 'refuted' })}
              />
              <Stat
                label={t('score.money')}
                value={money(data.verdicts.moneySavedCents, lang)}
                hint={t('score.moneyHint')}
                to="/tickets"
                search={predicted({})}
              />
            </SimpleGrid>
          </section>
          <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
            <Card withBorder padding="md">
              <Title order={2}>{t('score.reliability')}</Title>
              <Text size="xs" c="dimmed" mb="sm">
                {t('score.reliabilityHint')}
              </Text>
              <Reliability bins={data.verdicts.reliability} />
            </Card>
            <Truth data={data} />
          </SimpleGrid>
          <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
            <ByMode data={data} />
            <LastWrong data={data} />
          </SimpleGrid>
          <ScoreSlices />
        </>
      )}
      <ModelsSection />
    </Page>
  )
}

/** Where a number leads: the predicted tickets with these values. */
const predicted = (more: Record<string, string>) => ({ view: 'rest', source: 'predicted', ...more })

/** What the simulator knows; never mixed with what people found. */
function Truth({ data: { truth, baselines } }: { data: Scoreboard }) {
  const { t, lang } = useWords()
  return (
    <Card withBorder padding="md">
      <Title order={2}>{t('score.truth')}</Title>
      <Text size="xs" c="dimmed" mb="sm">
        {t('score.truthHint')}
      </Text>
      {!truth && <Empty>{t('score.noTruth')}</Empty>}
      {truth && (
        <Table verticalSpacing={5}>
          <Table.Tbody>
            <Row name={t('score.recall')} value={<ShareText share={truth.recall} />} />
            <Row name={t('score.truePrecision')} value={<ShareText share={truth.precision} />} />
            <Row
              name={t('score.lead')}
              value={
                truth.medianLeadDays === null ? '—' : t('score.days', { days: number(truth.medianLeadDays, lang, 1) })
              }
            />
            <Row
              name={t('score.leadShare')}
              value={truth.medianLeadShare === null ? '—' : percent(truth.medianLeadShare, lang)}
            />
            <Row name={t('score.falseAlarms')} value={number(truth.falseAlarmsPerApplianceYear, lang, 3)} />
          </Table.Tbody>
        </Table>
      )}
      {baselines.length > 0 && (
        <>
          <Text fw={600} size="sm" mt="md">
            {t('score.baselines')}
          </Text>
          <Text size="xs" c="dimmed">
            {t('score.baselinesHint')}
          </Text>
          <Table verticalSpacing={5}>
            <Table.Tbody>
              {baselines.map(({ name, precision }) => (
                <Row key={name} name={t(`score.baseline.${name}`)} value={percent(precision, lang)} />
              ))}
            </Table.Tbody>
          </Table>
        </>
      )}
    </Card>
  )
}

function Row({ name, value }: { name: string; value: React.ReactNode }) {
  return (
    <Table.Tr>
      <Table.Td>{name}</Table.Td>
      <Table.Td ta="right" fw={600}>
        {value}
      </Table.Td>
    </Table.Tr>
  )
}

function ByMode({ data: { verdicts } }: { data: Scoreboard }) {
  const { t } = useWords()
  const names = useNames()
  return (
    <Panel title={t('score.byMode')}>
      {verdicts.byFailureMode.length === 0 ? (
        <Empty>{t('score.empty')}</Empty>
      ) : (
        <Table.ScrollContainer minWidth={400}>
          <Table verticalSpacing={5}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('common.failureMode')}</Table.Th>
                <Table.Th ta="right">{t('ticket.verdicts.confirmed')}</Table.Th>
                <Table.Th ta="right">{t('ticket.verdicts.other-cause')}</Table.Th>
                <Table.Th ta="right">{t('ticket.verdicts.refuted')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {verdicts.byFailureMode.map(({ kind, failureMode, confirmed, otherCause, refuted }) => (
                <Table.Tr key={`${kind}/${failureMode}`}>
                  <Table.Td>
                    {names.mode(kind, failureMode)}{' '}
                    <Text span c="dimmed" size="xs">
                      {names.kind(kind)}
                    </Text>
                  </Table.Td>
                  <Table.Td ta="right">
                    <TicketCount search={predicted({ kind, failureMode, verdict: 'confirmed' })} count={confirmed} />
                  </Table.Td>
                  <Table.Td ta="right">
                    <TicketCount search={predicted({ kind, failureMode, verdict: 'other-cause' })} count={otherCause} />
                  </Table.Td>
                  <Table.Td ta="right">
                    <TicketCount search={predicted({ kind, failureMode, verdict: 'refuted' })} count={refuted} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Panel>
  )
}

function LastWrong({ data: { verdicts } }: { data: Scoreboard }) {
  const { t } = useWords()
  const names = useNames()
  return (
    <Panel title={t('score.lastWrong')}>
      {verdicts.lastWrong.length === 0 && <Alert color="gray">{t('score.noneWrong')}</Alert>}
      {verdicts.lastWrong.map(({ ticket, number, appliance, failureMode, verdict, at }) => (
        <Group key={ticket} justify="space-between" wrap="nowrap" gap="sm" py={4}>
          <Text size="sm" truncate>
            <Anchor component={Link} to={`/tickets/${ticket}`} size="sm">
              {number}
            </Anchor>{' '}
            {appliance} · {names.anyMode(failureMode)}
          </Text>
          <Text size="sm" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
            {t(`ticket.verdicts.${verdict as 'refuted'}`)} · <When at={at} />
          </Text>
        </Group>
      ))}
    </Panel>
  )
}
