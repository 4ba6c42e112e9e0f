import { Badge, Button, Card, Group, Select, Skeleton, Stack, Text } from '@mantine/core'
import { useHotkeys, useMediaQuery } from '@mantine/hooks'
import { IconArrowLeft, IconDownload } from '@tabler/icons-react'
import { lazy, Suspense, useMemo } from 'react'
import { type Alert, useCall } from '../../api.ts'
import { downloadCsv } from '../../components/csv.ts'
import { useNames } from '../../components/names.ts'
import { Empty, Failure, Page } from '../../components/Page.tsx'
import { SortAgain } from '../../components/SortAgain.tsx'
import { useFilters } from '../../components/useFilters.ts'
import { useSteady } from '../../components/useSteady.ts'
import { useFresh } from '../../live.ts'
import { useWords } from '../../words/index.ts'
import { AlertList } from './AlertList.tsx'
import { CohortNotices } from './CohortNotices.tsx'

/** Charts and forms: the list is there before them. */
const Pane = lazy(async () => ({ default: (await import('./AlertPane.tsx')).AlertPane }))
const AlertPane = ({ alert }: { alert: Alert }) => (
  <Suspense fallback={<Skeleton height={480} />}>
    <Pane alert={alert} />
  </Suspense>
)

const views = ['standing', 'pending', 'cleared', 'closed', 'all', 'heldBack'] as const
const severities = ['critical', 'warning', 'info'] as const
const rank = { critical: 0, warning: 1, info: 2 }

/** What has failed has no time left; what is repaired has all of it. */
const hoursLeft = ({ stage, remainingLife }: Alert): number =>
  stage === 'failed' ? 0 : stage === 'proving' ? Number.MAX_VALUE : (remainingLife?.p50 ?? Number.MAX_VALUE / 2)
/** The least time left comes first; without one, the gravest, then the newest. */
const byUrgency = (a: Alert, b: Alert): number =>
  hoursLeft(a) - hoursLeft(b) ||
  rank[a.severity] - rank[b.severity] ||
  (b.openedAt ?? b.firstSeenAt) - (a.openedAt ?? a.firstSeenAt) ||
  (a.id < b.id ? -1 : 1)

/** What needs judgement now? */
export default function Alerts() {
  const { t } = useWords()
  const phone = useMediaQuery('(max-width: 62em)')
  const [filters, filter] = useFilters<'id' | 'state' | 'severity' | 'kind' | 'cohort'>()
  const view = views.find((known) => known === filters.state) ?? (filters.state ? 'all' : 'standing')
  const state = view === 'all' || view === 'heldBack' ? undefined : view === 'standing' ? 'open,acknowledged' : view
  // What an open notice stands for is listed under it alone.
  const group = filters.cohort
    ? { cohort: filters.cohort }
    : view === 'standing'
      ? { apart: true }
      : view === 'heldBack'
        ? { heldBack: true }
        : {}
  const { data, error, refetch } = useCall('GET /api/alerts', { state, ...group, limit: 500 }, 30_000)
  const { data: notices } = useCall('GET /api/cohorts', { state: 'open', limit: 50 }, 30_000)
  useFresh(['alert'], ['/api/alerts', '/api/cohorts'])
  const sorted = useMemo(
    () =>
      (data?.items ?? [])
        .filter(({ severity }) => !filters.severity || severity === filters.severity)
        .filter(({ kind }) => !filters.kind || kind === filters.kind)
        .toSorted(view === 'closed' || view === 'all' ? (a, b) => b.firstSeenAt - a.firstSeenAt : byUrgency),
    [data, filters.severity, filters.kind, view],
  )
  const { rows, isStale, sortAgain } = useSteady(
    sorted,
    ({ id }) => id,
    `${view}/${filters.severity}/${filters.kind}/${filters.cohort}`,
  )
  // One that is asked for by a link may be outside the view.
  const { data: asked } = useCall(
    'GET /api/alerts/:id',
    filters.id && !rows.some(({ id }) => id === filters.id) ? { id: filters.id } : null,
  )
  const shown = rows.find(({ id }) => id === filters.id) ?? (filters.id ? asked : phone ? undefined : rows[0])
  const step = (by: number) => {
    const here = rows.findIndex(({ id }) => id === shown?.id)
    const next = rows[Math.min(rows.length - 1, Math.max(0, here + by))]
    if (next) filter({ id: next.id })
  }
  useHotkeys([
    ['j', () => step(1)],
    ['k', () => step(-1)],
  ])
  const isAlone = phone && shown
  return (
    <Page
      title={t('nav.alerts')}
      action={
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          disabled={rows.length === 0}
          onClick={() => downloadCsv('alerts', rows.map(flat))}
        >
          {t('common.export')}
        </Button>
      }
    >
      {!isAlone && (
        <Group gap="sm">
          <AlertFilters view={view} severity={filters.severity} kind={filters.kind} filter={filter} />
          <Text size="xs" c="dimmed" visibleFrom="sm">
            {t('alert.keys')}
          </Text>
          {isStale && <SortAgain sortAgain={sortAgain} />}
        </Group>
      )}
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!isAlone && (
        <CohortNotices
          open={notices?.items ?? []}
          chosen={filters.cohort}
          choose={(cohort) => filter({ cohort, id: null })}
        />
      )}
      {!data && !error && <Skeleton height={320} />}
      {data && rows.length === 0 && !shown && (
        <Empty>{t(notices?.items.length ? 'cohort.nothingElse' : 'alert.empty')}</Empty>
      )}
      <div className="alert-columns">
        {!isAlone && rows.length > 0 && <AlertList alerts={rows} chosen={shown?.id} choose={(id) => filter({ id })} />}
        {shown && (
          <Card withBorder padding="md" style={{ minWidth: 0 }}>
            <Stack gap="md">
              {phone && (
                <Button
                  variant="subtle"
                  size="compact-sm"
                  w="fit-content"
                  leftSection={<IconArrowLeft size={14} aria-hidden />}
                  onClick={() => filter({ id: null })}
                >
                  {t('common.back')}
                </Button>
              )}
              <AlertPane key={shown.id} alert={shown} />
            </Stack>
          </Card>
        )}
      </div>
      {rows.length > 0 && !isAlone && (
        <Badge variant="light" color="gray" tt="none">
          {t('alert.count', { count: rows.length })}
        </Badge>
      )}
    </Page>
  )
}

/** Which alerts are listed. */
function AlertFilters({
  view,
  severity,
  kind,
  filter,
}: {
  view: string
  severity: string | undefined
  kind: string | undefined
  filter: (change: { state?: string | null; severity?: string | null; kind?: string | null; id?: null }) => void
}) {
  const { t } = useWords()
  const names = useNames()
  return (
    <>
      <Select
        size="xs"
        w={150}
        aria-label={t('common.state')}
        data={views.map((value) => ({
          value,
          label: value === 'heldBack' ? t('mark.heldBack') : t(`alert.views.${value}`),
        }))}
        value={view}
        onChange={(state) => filter({ state, id: null })}
        allowDeselect={false}
      />
      <Select
        size="xs"
        w={150}
        aria-label={t('common.severity')}
        placeholder={t('common.severity')}
        data={severities.map((value) => ({ value, label: t(`severity.${value}`) }))}
        value={severity ?? null}
        onChange={(chosen) => filter({ severity: chosen })}
        clearable
      />
      <Select
        size="xs"
        w={150}
        aria-label={t('common.kind')}
        placeholder={t('common.kind')}
        data={[...(names.catalog?.items.map((one) => one.kind) ?? []), 'gateway'].map((known) => ({
          value: known,
          label: names.kind(known),
        }))}
        value={kind ?? null}
        onChange={(chosen) => filter({ kind: chosen })}
        clearable
      />
    </>
  )
}

const flat = ({ id, appliance, kind, failureMode, severity, state, openedAt, remainingLife, ticket }: Alert) => ({
  id,
  appliance,
  kind,
  failureMode,
  severity,
  state,
  openedAt: openedAt ? new Date(openedAt).toISOString() : '',
  remainingHoursP50: remainingLife?.p50,
  ticket,
})
