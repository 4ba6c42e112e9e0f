import { Alert, Badge, Button, Card, Group, Skeleton, Stack, Text, Title, UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import { type Answer, useCall } from '../../api.ts'
import { number, slotText, When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { Empty, Failure, Page } from '../../components/Page.tsx'
import { useAction } from '../../components/useAction.ts'
import { useFresh } from '../../live.ts'
import { useWords } from '../../words/index.ts'
import { JobSteps } from './JobSteps.tsx'
import type { Job } from './job.ts'

type MyView = Answer<'GET /api/my'>
const RECORD_SHOWN = 10

/** An engineer's day on a phone: the job that comes next with its one button, the others below, what may be taken, my record. */
export default function MyDay() {
  const { t } = useWords()
  const { data, error, refetch } = useCall('GET /api/my', {}, 20_000)
  useFresh(['ticket'], ['/api/my'])
  const [chosen, choose] = useState<string>()
  const job = data?.jobs.find(({ id }) => id === chosen) ?? data?.jobs[0]
  return (
    <Page title={t('my.title')}>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={320} />}
      {data?.engineer.isolated && <Alert color="red">{t('my.isolated', { why: data.engineer.isolated })}</Alert>}
      {data && !job && <Empty>{t('my.none')}</Empty>}
      {job && <JobCard key={job.id} job={job} />}
      {data && data.jobs.length > 1 && (
        <section aria-label={t('my.later')}>
          <Title order={2} mb="xs">
            {t('my.later')}
          </Title>
          <Stack gap="xs">
            {data.jobs
              .filter(({ id }) => id !== job?.id)
              .map((other) => (
                <UnstyledButton key={other.id} onClick={() => choose(other.id)}>
                  <Card withBorder padding="sm">
                    <JobLine job={other} />
                  </Card>
                </UnstyledButton>
              ))}
          </Stack>
        </section>
      )}
      {data && <OpenJobs view={data} />}
      {data && <Record view={data} />}
    </Page>
  )
}

function JobLine({ job }: { job: Job }) {
  const { t, lang } = useWords()
  const names = useNames()
  return (
    <>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text fw={600}>{job.slot ? slotText(job.slot, lang, job.timeZone) : job.number}</Text>
        <Badge variant="light" tt="none">
          {t(`ticketState.${job.state}`)}
        </Badge>
      </Group>
      <Text size="sm">{names.mode(job.kind, job.failureMode ?? 'unknown')}</Text>
      <Text size="xs" c="dimmed">
        {job.number} · {job.appliance} · {t('my.minutes', { minutes: job.minutes })}
        {job.km !== undefined && ` · ${t('my.km', { km: number(job.km, lang, 1) })}`}
      </Text>
    </>
  )
}

/** All that is to be known at the door: when, what, with what, whom to call, and the next step under the thumb. */
function JobCard({ job }: { job: Job }) {
  const { t, say } = useWords()
  const names = useNames()
  const { data: ticket } = useCall('GET /api/tickets/:id', { id: job.id })
  const { location } = job
  return (
    <Card withBorder padding="md" component="section" aria-label={t('my.next')}>
      <Stack gap="sm">
        <div>
          <JobLine job={job} />
        </div>
        <Text size="sm">{say(job.diagnosis)}</Text>
        <Group gap="sm" grow>
          {ticket?.owner?.contact && (
            <Button component="a" href={`tel:${ticket.owner.contact}`} variant="default">
              {t('my.call', { name: ticket.owner.name })}
            </Button>
          )}
          {location && (
            <Button component="a" href={`geo:${location.lat},${location.lon}`} variant="default">
              {t('my.way')}
            </Button>
          )}
        </Group>
        {ticket?.owner && !ticket.owner.contact && (
          <Text size="xs" c="dimmed">
            {t('my.callLater')}
          </Text>
        )}
        <div>
          <Text size="sm" fw={600}>
            {t('my.kit')}
          </Text>
          {job.kit.length === 0 && <Text size="sm">{t('my.noKit')}</Text>}
          {job.kit.map(({ part, quantity }) => (
            <Text key={part} size="sm">
              {quantity} × {names.part(job.kind, part)}
            </Text>
          ))}
        </div>
        {ticket && <JobSteps job={job} ticket={ticket} />}
      </Stack>
    </Card>
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
    </section>
  )
}
