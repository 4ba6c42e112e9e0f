import { Alert, Group, SimpleGrid, Skeleton, Text, Title } from '@mantine/core'
import { type ModelsView, useCall } from '../../api.ts'
import { number, When } from '../../components/format.tsx'
import { Failure } from '../../components/Page.tsx'
import { useMay } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'
import { Decline, Promote, Rollback } from './ModelActions.tsx'
import { ModelCard, Since } from './ModelCards.tsx'
import { ModelComparison } from './ModelComparison.tsx'
import { ModelDrift } from './ModelDrift.tsx'
import { ModelHistory } from './ModelHistory.tsx'
import { ShadowAlerts } from './ShadowAlerts.tsx'

/** Which models judge, which would like to, how both fare, and the two buttons that change it. */
export function ModelsSection() {
  const { t } = useWords()
  const { data, error, refetch } = useCall('GET /api/models', {}, 5_000)
  const mayChange = useMay()('models.change')
  if (error) return <Failure error={error} retry={() => void refetch()} />
  if (!data) return <Skeleton height={280} />
  const { inForce, candidate, former, pending, comparison, history, drift } = data
  const mayAct = mayChange && !pending
  return (
    <section aria-label={t('models.title')}>
      <Title order={2} mb={4}>
        {t('models.title')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('models.hint')}
        {mayChange ? '' : ` ${t('models.adminOnly')}`}
      </Text>
      {pending && (
        <Alert color="blue" mb="sm">
          {t('models.pending')}
        </Alert>
      )}
      <SimpleGrid cols={{ base: 1, lg: 3 }} spacing="md" mb="md">
        <ModelCard title={t('models.inForce')} set={inForce.set} kinds={inForce.kinds}>
          <Since inForce={inForce} />
        </ModelCard>
        <ModelCard
          title={t('models.candidate')}
          set={candidate?.set}
          {...(candidate ? { kinds: candidate.kinds } : {})}
        >
          {!candidate && (
            <Text size="sm" c="dimmed">
              {t('models.noCandidate')}
            </Text>
          )}
          {candidate && <InShadow candidate={candidate} shadow={data.shadow} />}
          {candidate && (
            <Group gap="xs">
              <Promote comparison={comparison} disabled={!mayAct} />
              <Decline disabled={!mayAct} />
            </Group>
          )}
        </ModelCard>
        <ModelCard title={t('models.former')} set={former?.set} {...(former ? { kinds: former.kinds } : {})}>
          {former ? (
            <Rollback disabled={!mayAct} />
          ) : (
            <Text size="sm" c="dimmed">
              {t('models.noFormer')}
            </Text>
          )}
        </ModelCard>
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, lg: 3 }} spacing="md">
        <ModelComparison comparison={comparison} />
        <ModelDrift drift={drift} />
        <ModelHistory history={history} />
      </SimpleGrid>
      {comparison && comparison.candidate.opened > 0 && <ShadowAlerts />}
    </section>
  )
}

/** How the candidate's shadow stands, and what it has seen. */
function InShadow({
  candidate,
  shadow,
}: {
  candidate: NonNullable<ModelsView['candidate']>
  shadow: ModelsView['shadow']
}) {
  const { t, lang } = useWords()
  const state = shadow?.state === 'resting' ? (shadow.because === 'lagged' ? 'lagged' : 'failed') : shadow?.state
  const days = candidate.spans.reduce((sum, { applianceDays }) => sum + applianceDays, 0)
  const [before, after] = t('models.seen', { days: number(days, lang, 0), at: '\n' }).split('\n')
  return (
    <>
      <Text size="sm">{t(`models.shadow.${state ?? 'none'}`)}</Text>
      {candidate.spans[0] && (
        <Text size="sm" c="dimmed">
          {before}
          <When at={candidate.spans[0].beganAt} />
          {after}
        </Text>
      )}
    </>
  )
}
