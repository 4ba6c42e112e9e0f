import { Badge, Button, Card, Group, Select, Skeleton, Stack } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconArrowLeft, IconDownload } from '@tabler/icons-react'
import { lazy, Suspense, useMemo, useRef } from 'react'
import { type Alert, useCall } from '../../api.ts'
import { downloadCsv } from '../../components/csv.ts'
import { useNames } from '../../components/names.ts'
import { Empty, Failure, Page } from '../../components/Page.tsx'
import { SortAgain } from '../../components/SortAgain.tsx'
import { useFilters } from '../../components/useFilters.ts'
import { useSteady } from '../../components/useSteady.ts'
import { useClock, useFresh } from '../../live.ts'
import { useWords } from '../../words/index.ts'
import { AlertList } from './AlertList.tsx'
import { CohortNotices } from './CohortNotices.tsx'
import { asIf, handlerOf } from './deeds.ts'
import { SelectedBar } from './SelectedBar.tsx'
import { type Deeds, useDeeds } from './useDeeds.tsx'
import { useInbox } from './useInbox.tsx'

/** Charts and forms: the list is there before them. */
const Pane = lazy(async () => ({ default: (await import('./AlertPane.tsx')).AlertPane }))
const Actions = lazy(async () => ({ default: (await import('./AlertActions.tsx')).AlertActions }))

type Filter = 'id' | 'state' | 'severity' | 'kind' | 'cohort'
const views = ['standing', 'snoozed', 'pending', 'cleared', 'closed', 'all', 'heldBack'] as const
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
  const [filters, filter] = useFilters<Filter>()
  const back = useRef<(id: string) => void>(undefined)
  const deeds = useDeeds((id) => back.current?.(id))
  const { list, notices, rows, view, isStale, sortAgain } = useListed(filters, deeds)
  // One that is asked for by a link may be outside the view.
  const { data: asked } = useCall(
    'GET /api/alerts/:id',
    filters.id && !rows.some(({ id }) => id === filters.id) ? { id: filters.id } : null,
  )
  const shown = rows.find(({ id }) => id === filters.id) ?? (filters.id ? asked : phone ? undefined : rows[0])
  const { selection, go, ask, dialog, carryOut } = useInbox({ rows, shown, filter, deeds })
  back.current = go
  const isAlone = phone && shown
  return (
    <Page title={t('nav.alerts')} action={<Export rows={rows} />}>
      {!isAlone && (
        <Group gap="sm">
          <AlertFilters view={view} severity={filters.severity} kind={filters.kind} filter={filter} />
          <Button variant="subtle" size="compact-xs" visibleFrom="sm" onClick={() => ask('keys')}>
            {t('alert.keys')}
          </Button>
          {isStale && <SortAgain sortAgain={sortAgain} />}
        </Group>
      )}
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {!isAlone && (
        <CohortNotices open={notices} chosen={filters.cohort} choose={(cohort) => filter({ cohort, id: null })} />
      )}
      {!list.data && !list.error && <Skeleton height={320} />}
      {list.data && rows.length === 0 && !shown && (
        <Empty>{t(notices.length > 0 ? 'cohort.nothingElse' : 'alert.empty')}</Empty>
      )}
      {!isAlone && selection.selected.length > 0 && (
        <SelectedBar count={selection.selected.length} clear={selection.clear} ask={ask} carryOut={carryOut} />
      )}
      <div className="alert-columns">
        {!isAlone && rows.length > 0 && (
          <AlertList
            alerts={rows}
            chosen={shown?.id}
            choose={go}
            selected={selection.selected}
            select={selection.select}
          />
        )}
        {shown && (
          <Card id="alert-pane" tabIndex={-1} withBorder padding="md" style={{ minWidth: 0 }}>
            <Stack gap="md">
              {phone && <Back back={() => filter({ id: null })} />}
              <Suspense fallback={<Skeleton height={480} />}>
                <Pane
                  key={shown.id}
                  alert={shown}
                  actions={
                    selection.selected.length === 0 && (
                      <Actions
                        alert={shown}
                        ask={(what) => ask(what, [shown.id])}
                        carryOut={(deed) => carryOut(deed, [shown.id])}
                      />
                    )
                  }
                />
              </Suspense>
            </Stack>
          </Card>
        )}
      </div>
      {rows.length > 0 && !isAlone && (
        <Badge variant="light" color="gray" tt="none">
          {t('alert.count', { count: rows.length })}
        </Badge>
      )}
      {dialog}
    </Page>
  )
}

/** The alerts of the view, as they are, or will be when what was done last is no longer taken back. */
function useListed(filters: Partial<Record<Filter, string>>, { done, me }: Deeds) {
  const view = views.find((known) => known === filters.state) ?? (filters.state ? 'all' : 'standing')
  const isInbox = view === 'standing' || view === 'snoozed'
  const state = view === 'all' || view === 'heldBack' ? undefined : isInbox ? 'open,acknowledged' : view
  // What an open notice stands for is listed under it alone.
  const group = filters.cohort
    ? { cohort: filters.cohort }
    : view === 'standing'
      ? { apart: true }
      : view === 'heldBack'
        ? { heldBack: true }
        : {}
  const list = useCall('GET /api/alerts', { state, ...group, limit: 500 }, 30_000)
  const { data: notices } = useCall('GET /api/cohorts', { state: 'open', limit: 50 }, 30_000)
  useFresh(['alert', 'ticket'], ['/api/alerts', '/api/cohorts'])
  const minute = useClock(({ now }) => Math.floor(now / 60_000) * 60_000)
  const sorted = useMemo(() => {
    const isShown = ({ state: now, snoozedUntil }: Alert) =>
      !isInbox || (now !== 'closed' && (view === 'snoozed') === (snoozedUntil ?? 0) > minute)
    return (list.data?.items ?? [])
      .map((alert) => done.reduce((it, { deed, ids }) => (ids.includes(it.id) ? asIf(it, deed, me) : it), alert))
      .filter(isShown)
      .filter(({ severity }) => !filters.severity || severity === filters.severity)
      .filter(({ kind }) => !filters.kind || kind === filters.kind)
      .toSorted(view === 'closed' || view === 'all' ? (a, b) => b.firstSeenAt - a.firstSeenAt : byUrgency)
  }, [list.data, filters.severity, filters.kind, view, minute, done, me])
  const steady = useSteady(sorted, ({ id }) => id, `${view}/${filters.severity}/${filters.kind}/${filters.cohort}`)
  return { ...steady, list, notices: notices?.items ?? [], view }
}

function Export({ rows }: { rows: readonly Alert[] }) {
  const { t } = useWords()
  return (
    <Button
      variant="default"
      leftSection={<IconDownload size={16} aria-hidden />}
      disabled={rows.length === 0}
      onClick={() => downloadCsv('alerts', rows.map(flat))}
    >
      {t('common.export')}
    </Button>
  )
}

function Back({ back }: { back: () => void }) {
  const { t } = useWords()
  return (
    <Button
      variant="subtle"
      size="compact-sm"
      w="fit-content"
      leftSection={<IconArrowLeft size={14} aria-hidden />}
      onClick={back}
    >
      {t('common.back')}
    </Button>
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

const flat = ({
  id,
  appliance,
  kind,
  failureMode,
  severity,
  state,
  openedAt,
  remainingLife,
  ticket,
  ...of
}: Alert) => ({
  id,
  appliance,
  kind,
  failureMode,
  severity,
  state,
  openedAt: openedAt ? new Date(openedAt).toISOString() : '',
  remainingHoursP50: remainingLife?.p50,
  ticket,
  handler: handlerOf(of),
})
