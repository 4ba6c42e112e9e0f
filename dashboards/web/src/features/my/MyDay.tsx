import { Alert, Button, Card, Skeleton, Stack, Text, Title, UnstyledButton } from '@mantine/core'
import { lazy, Suspense, useEffect, useState } from 'react'
import { ApiError, useCall } from '../../api.ts'
import { number, When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { Empty, Failure, Page } from '../../components/Page.tsx'
import { useAction } from '../../components/useAction.ts'
import { Allowed } from '../../components/useMay.tsx'
import { useFresh } from '../../live.ts'
import { keepAnswers } from '../../offline/keptAnswers.ts'
import { openWrites, useWrites } from '../../offline/writes.ts'
import { useWords } from '../../words/index.ts'
import { applyWrites, type JobHere } from './applyWrites.ts'
import { JobCard, JobLine } from './JobCard.tsx'
import type { MyView } from './job.ts'
import { WaitingStrip } from './WaitingStrip.tsx'

const Earnings = lazy(async () => ({ default: (await import('../people/Earnings.tsx')).Earnings }))

const RECORD_SHOWN = 10

/**
 * An engineer's day on a phone: the job that comes next with its one button, the others below, what to load, what may be
 * taken, my record. It is there without a network, and so is all that is done on it.
 */
export default function MyDay() {
  const { t } = useWords()
  const { data, error, refetch } = useCall('GET /api/my', {}, 20_000)
  const { writes } = useWrites()
  useFresh(['ticket'], ['/api/my'])
  useEffect(() => {
    keepAnswers()
    openWrites()
  }, [])
  const [chosen, choose] = useState<string>()
  const all = (data?.jobs ?? []).map((job) => applyWrites(job, writes))
  const open = all.filter(({ isOver }) => !isOver)
  const over = all.filter(({ isOver }) => isOver)
  const job = open.find(({ id }) => id === chosen) ?? open[0]
  const isAway = error instanceof ApiError && error.status === 0
  return (
    <Page title={t('my.title')}>
      {error && !isAway && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={320} />}
      {data?.engineer.isolated && <Alert color="red">{t('my.isolated', { why: data.engineer.isolated })}</Alert>}
      {data && <Load view={data} jobs={open} />}
      {data && !job && <Empty>{t('my.none')}</Empty>}
      {job && <JobCard key={job.id} job={job} van={data?.van} />}
      {/* Below the job: what comes and goes with the network must not move a button from under a thumb. */}
      {isAway && (
        <Text size="sm" c="dimmed" role="status">
          {data ? t('my.offline') : t('common.offline')}
        </Text>
      )}
      <WaitingStrip />
      <JobList title={t('my.later')} jobs={open.filter(({ id }) => id !== job?.id)} choose={choose} />
      <JobList title={t('my.doneHere')} jobs={over} />
      {data && <OpenJobs view={data} />}
      {data && <Record view={data} />}
      {all.map(({ id }) => (
        <Keep key={id} id={id} />
      ))}
    </Page>
  )
}

/** What a job needs when nobody answers is asked for while somebody does. */
function Keep({ id }: { id: string }) {
  useCall('GET /api/tickets/:id', { id })
  useCall('GET /api/tickets/:id/checklist', { id })
  useCall('GET /api/tickets/states', {})
  return null
}

/** The way of the day, and what goes into the van before it: the kits of all jobs together. */
function Load({ view, jobs }: { view: MyView; jobs: readonly JobHere[] }) {
  const { t, lang } = useWords()
  const names = useNames()
  const wanted = new Map<string, { kind: string; part: string; quantity: number }>()
  for (const { kind, kit, next } of jobs) {
    if (next === 'close') continue
    for (const { part, quantity } of kit) {
      const known = wanted.get(part)
      wanted.set(part, { kind, part, quantity: quantity + (known?.quantity ?? 0) })
    }
  }
  const has = (part: string): number => view.van?.stock.find((one) => one.part === part)?.quantity ?? 0
  return (
    <details>
      <summary>
        <Text span size="sm" fw={600}>
          {t('my.day', { jobs: jobs.length, km: number(view.km, lang, 1), parts: wanted.size })}
        </Text>
      </summary>
      {wanted.size === 0 && <Text size="sm">{t('my.noKit')}</Text>}
      {[...wanted.values()].map(({ kind, part, quantity }) => (
        <Text key={part} size="sm">
          {quantity} × {names.part(kind, part)}
          {view.van && ` · ${t('my.inVan', { count: has(part) })}`}
        </Text>
      ))}
    </details>
  )
}

function JobList({ title, jobs, choose }: { title: string; jobs: readonly JobHere[]; choose?: (id: string) => void }) {
  if (jobs.length === 0) return null
  return (
    <section aria-label={title}>
      <Title order={2} mb="xs">
        {title}
      </Title>
      <Stack gap="xs">
        {jobs.map((job) => {
          const card = (
            <Card withBorder padding="sm">
              <JobLine job={job} />
            </Card>
          )
          return choose ? (
            <UnstyledButton key={job.id} onClick={() => choose(job.id)}>
              {card}
            </UnstyledButton>
          ) : (
            <div key={job.id}>{card}</div>
          )
        })}
      </Stack>
    </section>
  )
}

/** Open jobs for which they are good, the best first, and what became of those they asked for. */
function OpenJobs({ view }: { view: MyView }) {
  const { t, say } = useWords()
  const { act, busy } = useAction()
  if (view.open.length === 0) return null
  const asked = new Map(view.grabs.map((grab) => [grab.ticket, grab]))
  return (
    <section aria-label={t('my.open')}>
      <Title order={2} mb="xs">
        {t('my.open')}
      </Title>
      <Stack gap="xs">
        {view.open.map((job) => {
          const grab = asked.get(job.id)
          return (
            <Card key={job.id} withBorder padding="sm">
              <JobLine job={job} />
              {grab ? (
                <Text size="sm">
                  {grab.won === undefined ? t('my.asked') : t(grab.won ? 'my.won' : 'my.lost')} {say(grab.why)}
                </Text>
              ) : (
                <Button
                  mt="xs"
                  fullWidth
                  size="md"
                  variant="default"
                  loading={busy}
                  onClick={() =>
                    void act(
                      'POST /api/tickets/:id/grab',
                      { id: job.id },
                      { engineer: view.engineer.id },
                      t('my.asked'),
                    )
                  }
                >
                  {t('my.take')}
                </Button>
              )}
            </Card>
          )
        })}
      </Stack>
    </section>
  )
}

function Record({ view: { engineer, record } }: { view: MyView }) {
  const { t, lang } = useWords()
  return (
    <section aria-label={t('my.record')}>
      <Title order={2} mb="xs">
        {t('my.record')}
      </Title>
      <Text size="sm">
        {engineer.grade} ·{' '}
        {t('my.stars', { stars: number(engineer.stars ?? 0, lang, 2), count: engineer.ratings ?? 0 })}
      </Text>
      {record.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('my.noRecord')}
        </Text>
      )}
      {record.slice(0, RECORD_SHOWN).map(({ at, what, why }) => (
        <Text key={`${at}/${what}`} size="sm">
          {t(`crew.what.${what}`)}: {why}{' '}
          <Text span size="xs" c="dimmed">
            <When at={at} />
          </Text>
        </Text>
      ))}
      <Allowed to="engineers.pay">
        <Suspense fallback={<Skeleton height={200} />}>
          <Earnings id={engineer.id} />
        </Suspense>
      </Allowed>
    </section>
  )
}
