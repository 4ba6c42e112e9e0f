import { ActionIcon, Button, Group, SegmentedControl, Skeleton, Text } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useCall } from '../../api.ts'
import { Empty, Failure, Page } from '../../components/Page.tsx'
import { useFilters } from '../../components/useFilters.ts'
import { useMay } from '../../components/useMay.tsx'
import { useClock, useFresh } from '../../live.ts'
import { useWords } from '../../words/index.ts'
import { localeOf } from '../../words/language.ts'
import { AtRisk } from './AtRisk.tsx'
import { DayBoard } from './DayBoard.tsx'
import { MoveTo } from './MoveTo.tsx'
import type { Moving } from './useMove.tsx'
import { WeekBoard } from './WeekBoard.tsx'

const DispatchMap = lazy(() => import('./DispatchMap.tsx'))

const HOUR = 3_600_000

const views = ['day', 'week', 'map'] as const

/** Who goes where, when, and what is nobody's yet or in danger? A day or a week; jobs are moved by keys or by hand. */
export default function Dispatch() {
  const { t, lang } = useWords()
  const [filters, filter] = useFilters<'day' | 'view'>()
  const view = views.find((known) => known === filters.view) ?? 'day'
  const isWeek = view === 'week'
  // A day by a moment of it; the desk's own zone says from when to when it is.
  const { data, error, refetch } = useCall('GET /api/dispatch', { at: filters.day }, 60_000)
  const isToday = useClock(({ now }) => data !== undefined && now >= data.day && now < data.day + 24 * HOUR)
  const mayPlan = useMay()('tickets.plan')
  const [moving, move] = useState<Moving>()
  useFresh(['ticket'], ['/api/dispatch'])
  const days = isWeek ? 7 : 1
  const go = (by: number) => data && filter({ day: String(data.day + (by * days * 24 + 12) * HOUR) })
  const date = data
    ? new Date(data.day).toLocaleDateString(localeOf(lang), {
        weekday: 'long',
        day: 'numeric',
        month: 'long',
        timeZone: data.zone,
      })
    : ''
  const jobs = data?.engineers.flatMap((engineer) => engineer.jobs) ?? []
  const busy = data?.engineers.filter((engineer) => engineer.jobs.length > 0).length ?? 0
  return (
    <Page
      title={t('nav.dispatch')}
      action={
        <Group gap="xs">
          <Views view={view} show={(to) => filter({ view: to === 'day' ? null : to })} />
          <ActionIcon variant="default" aria-label={t('dispatch.dayBefore')} onClick={() => go(-1)}>
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
          <ActionIcon variant="default" aria-label={t('dispatch.dayAfter')} onClick={() => go(1)}>
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
            {t('dispatch.summary', { jobs: jobs.length, engineers: busy, open: data.unplanned.length })}{' '}
            <Text span size="sm" c="dimmed">
              {t('dispatch.zone', { zone: data.zone })}
            </Text>
          </Text>
          <AtRisk board={data} move={mayPlan ? move : undefined} />
          {data.engineers.length === 0 ? (
            <Empty>{t('dispatch.noEngineers')}</Empty>
          ) : isWeek ? (
            <WeekBoard first={data} open={(day) => filter({ day: String(day), view: null })} />
          ) : view === 'map' ? (
            <Suspense fallback={<Skeleton height={320} />}>
              <DispatchMap board={data} move={mayPlan ? move : undefined} />
            </Suspense>
          ) : (
            <DayBoard board={data} move={mayPlan ? move : undefined} />
          )}
        </>
      )}
      <MoveTo moving={moving} close={() => move(undefined)} />
    </Page>
  )
}

function Views({ view, show }: { view: string; show: (view: string) => void }) {
  const { t } = useWords()
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('ticket.view')}
      value={view}
      onChange={show}
      data={[
        { value: 'day', label: t('dispatch.oneDay') },
        { value: 'week', label: t('dispatch.week') },
        { value: 'map', label: t('dispatch.map') },
      ]}
    />
  )
}
