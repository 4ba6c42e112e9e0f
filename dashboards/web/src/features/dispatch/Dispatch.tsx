import { ActionIcon, Badge, Box, Button, Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useCall } from '../../api.ts'
import { slotText } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { Empty, Failure, Page } from '../../components/Page.tsx'
import { useFilters } from '../../components/useFilters.ts'
import { useClock, useFresh } from '../../live.ts'
import { useWords } from '../../words/index.ts'
import { DayLine, spanOf } from './DayLine.tsx'

const HOUR = 3_600_000

/** Who goes where, when, and what is nobody's yet? One day at a time. */
export default function Dispatch() {
  const { t, lang } = useWords()
  const names = useNames()
  const [filters, filter] = useFilters<'day'>()
  // A day by a moment of it; the desk's own zone says from when to when it is.
  const { data, error, refetch } = useCall('GET /api/dispatch', { at: filters.day }, 60_000)
  const isToday = useClock(({ now }) => data !== undefined && now >= data.day && now < data.day + 24 * HOUR)
  useFresh(['ticket'], ['/api/dispatch'])
  const go = (hours: number) => data && filter({ day: String(data.day + hours * HOUR) })
  const date = data
    ? new Date(data.day).toLocaleDateString(lang === 'zh' ? 'zh-CN' : 'en-GB', {
        weekday: 'long',
        day: 'numeric',
        month: 'long',
        timeZone: data.zone,
      })
    : ''
  const busy = data?.engineers.filter(({ jobs }) => jobs.length > 0) ?? []
  const free = data?.engineers.filter(({ jobs }) => jobs.length === 0) ?? []
  const all = busy.flatMap(({ jobs }) => jobs)
  const late = all.filter(({ lateMinutes }) => lateMinutes > 0).length
  const span = spanOf(data?.day ?? 0, all)
  return (
    <Page
      title={t('nav.dispatch')}
      action={
        <Group gap="xs">
          <ActionIcon variant="default" aria-label={t('dispatch.dayBefore')} onClick={() => go(-12)}>
            <IconChevronLeft size={16} />
          </ActionIcon>
          {!isToday && data && (
            <Button variant="default" size="compact-sm" onClick={() => filter({ day: null })}>
              {t('dispatch.today')}
            </Button>
          )}
          <Text w={190} ta="center" fw={500} aria-live="polite">
            {date}
          </Text>
          <ActionIcon variant="default" aria-label={t('dispatch.dayAfter')} onClick={() => go(36)}>
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
                      {slotText(job.slot, lang, job.zone)}
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
                  <DayLine day={data.day} zone={data.zone} span={span} jobs={engineer.jobs} />
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
