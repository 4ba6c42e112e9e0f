import { ActionIcon, Badge, Box, Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { type DispatchBoard, useCall } from '../../api.ts'
import { slotText } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { Empty, Failure, Page } from '../../components/Page.tsx'
import { useFilters } from '../../components/useFilters.ts'
import { useClock, useFresh } from '../../live.ts'
import { useWords } from '../../words/index.ts'
import { DayLine, spanOf } from './DayLine.tsx'

const DAY = 86_400_000

/** Who goes where, when, and what is nobody's yet? One day at a time. */
export default function Dispatch() {
  const { t, lang } = useWords()
  const names = useNames()
  const [filters, filter] = useFilters<'day'>()
  const today = useClock(({ now }) => Math.floor(now / DAY))
  const day = filters.day ? Number(filters.day) : today
  const { data, error, refetch } = useCall<DispatchBoard>(`/api/dispatch?at=${day * DAY + DAY / 2}`, 60_000)
  useFresh(['ticket'], ['/api/dispatch'])
  const go = (to: number) => filter({ day: to === today ? null : String(to) })
  const date = new Date(day * DAY + DAY / 2).toLocaleDateString(lang === 'zh' ? 'zh-CN' : 'en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    timeZone: 'UTC',
  })
  const busy = data?.engineers.filter(({ jobs }) => jobs.length > 0) ?? []
  const free = data?.engineers.filter(({ jobs }) => jobs.length === 0) ?? []
  const all = busy.flatMap(({ jobs }) => jobs)
  const late = all.filter(({ lateMinutes }) => lateMinutes > 0).length
  const span = spanOf(day * DAY, all)
  return (
    <Page
      title={t('nav.dispatch')}
      action={
        <Group gap="xs">
          <ActionIcon variant="default" aria-label={t('dispatch.dayBefore')} onClick={() => go(day - 1)}>
            <IconChevronLeft size={16} />
          </ActionIcon>
          <Text w={190} ta="center" fw={500} aria-live="polite">
            {date}
          </Text>
          <ActionIcon variant="default" aria-label={t('dispatch.dayAfter')} onClick={() => go(day + 1)}>
            <IconChevronRight size={16} />
          </ActionIcon>
        </Group>
      }
    >
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={320} />}
      {data && (
        <>
          <Text>
            {t('dispatch.summary', { jobs: all.length, engineers: busy.length, open: data.unplanned.length })}
            {late > 0 ? ` ${t('dispatch.late', { count: late })}` : ''}
          </Text>
          {data.unplanned.length > 0 && (
            <Stack gap="xs">
              <Title order={2} size="h4">
                {t('dispatch.unplanned')}
              </Title>
              {data.unplanned.map((job) => (
                <Paper key={job.ticket} withBorder p="xs">
                  <Group gap="sm" wrap="wrap">
                    <Link to="/tickets/$id" params={{ id: job.ticket }}>
                      {job.number}
                    </Link>
                    <Text size="sm">{names.mode(job.kind, job.failureMode)}</Text>
                    <Text size="sm" c="dimmed">
                      {slotText(job.slot, lang)}
                    </Text>
                    {job.why && <Text size="sm">{job.why}</Text>}
                  </Group>
                </Paper>
              ))}
            </Stack>
          )}
          {data.engineers.length === 0 ? (
            <Empty>{t('dispatch.noEngineers')}</Empty>
          ) : (
            <Stack gap={0}>
              {busy.map((engineer) => (
                <Group key={engineer.id} gap="md" wrap="nowrap" align="flex-start" className="day-row">
                  <Box w={150} miw={110}>
                    <Text size="sm" fw={500} truncate>
                      {engineer.name}
                    </Text>
                    <Group gap={4}>
                      <Badge size="xs" variant="outline" color="gray" tt="none">
                        {engineer.grade}
                      </Badge>
                      {engineer.isolated && (
                        <Badge size="xs" color="red" variant="light" tt="none">
                          {t('people.isolated')}
                        </Badge>
                      )}
                      <Text size="xs" c="dimmed">
                        {engineer.km} km
                      </Text>
                    </Group>
                  </Box>
                  <DayLine day={day * DAY} span={span} jobs={engineer.jobs} />
                </Group>
              ))}
              {free.length > 0 && (
                <Text size="sm" c="dimmed" className="day-row">
                  {t('dispatch.free')}{' '}
                  {free
                    .map(({ name, grade, isolated }) => `${name} (${isolated ? t('people.isolated') : grade})`)
                    .join(', ')}
                </Text>
              )}
            </Stack>
          )}
        </>
      )}
    </Page>
  )
}
