import { SegmentedControl } from '@mantine/core'
import { type Answer, useCall } from '../../api.ts'
import { Failure, Page, Waiting } from '../../components/Page.tsx'
import { SortAgain } from '../../components/SortAgain.tsx'
import { useFilters } from '../../components/useFilters.ts'
import { useSteady } from '../../components/useSteady.ts'
import { useClock, useFresh } from '../../live.ts'
import { useWords } from '../../words/index.ts'
import { useTicketStates } from '../ticket/useMoves.ts'
import { Queues } from './Queues.tsx'
import { Worklist } from './Worklist.tsx'
import { isAtRisk, listOf, lists, type Owed, owedTask, type Task } from './worklists.ts'

const MINUTE = 60_000

/** Whom do we owe a call, and by when? */
export default function Care() {
  const { t } = useWords()
  const [filters, filter] = useFilters<'type' | 'done'>()
  const isDone = filters.done === 'true'
  const chosen = lists.find((known) => known === filters.type)
  // The queues stand above the list: both come at once, so that nothing moves under a finger.
  const { data: queues, isPending } = useCall('GET /api/queues', {}, 20_000)
  const { data, error, refetch } = useCall('GET /api/tasks', { done: isDone }, 15_000)
  useFresh(['ticket'], ['/api/tasks', '/api/queues'])
  const now = useClock((clock) => Math.floor(clock.now / MINUTE) * MINUTE)
  const promises = usePromises(queues, data?.items ?? [], now)
  const owed: readonly Owed[] = [...(data?.items ?? []).map(owedTask), ...(isDone ? [] : promises)].toSorted((a, b) =>
    isDone ? b.dueAt - a.dueAt : a.dueAt - b.dueAt,
  )
  const shown = owed.filter((one) => !chosen || listOf(one) === chosen)
  // One tap ends a task for good: no row moves under the finger, whatever comes meanwhile.
  const { rows, isStale, sortAgain } = useSteady(shown, ({ key }) => key, `${chosen}/${isDone}/${isPending || !data}`)
  if (isPending || (!data && !error)) return <Waiting title={t('nav.care')} />
  return (
    <Page title={t('nav.care')}>
      <Queues />
      <Lists owed={owed} chosen={chosen} isDone={isDone} filter={filter} />
      {error && <Failure error={error} retry={() => void refetch()} />}
      {isStale && <SortAgain sortAgain={sortAgain} />}
      <Worklist owed={rows} now={now} />
    </Page>
  )
}

/**
 * Promises that are due soon, or were, of what is still to be begun or done: each once, in whatever queue its ticket waits,
 * and none that a task says already.
 */
function usePromises(queues: Answer<'GET /api/queues'> | undefined, tasks: readonly Task[], now: number): Owed[] {
  const stateOf = useTicketStates()
  const said = new Map(tasks.map(({ ticket, dueAt }) => [ticket, dueAt] as const))
  const tickets = new Map((queues?.items ?? []).flatMap((queue) => queue.tickets.map((one) => [one.id, one] as const)))
  return [...tickets.values()].flatMap(({ id, number, appliance, state, dueAt }) => {
    const isOver = (stateOf(state)?.column ?? 'toVerify') === 'toVerify'
    if (isOver || dueAt === undefined || !isAtRisk(dueAt, now) || (said.get(id) ?? Infinity) <= dueAt) return []
    return { list: 'promise', key: id, ticket: id, number, appliance, state, dueAt }
  })
}

/** Each list with how much waits in it; what is owed, or what has been done. */
function Lists({
  owed,
  chosen,
  isDone,
  filter,
}: {
  owed: readonly Owed[]
  chosen: string | undefined
  isDone: boolean
  filter: (change: { type?: string | null; done?: string | null }) => void
}) {
  const { t } = useWords()
  const counts = Map.groupBy(owed, listOf)
  const label = (text: string, count: number) => (count > 0 ? `${text} (${count})` : text)
  return (
    <div className="worklists">
      <SegmentedControl
        size="xs"
        aria-label={t('care.what')}
        value={chosen ?? 'all'}
        onChange={(value) => filter({ type: value === 'all' ? null : value })}
        data={[
          { value: 'all', label: label(t('care.all'), owed.length) },
          ...lists.map((value) => ({ value, label: label(t(`care.types.${value}`), counts.get(value)?.length ?? 0) })),
        ]}
      />
      <SegmentedControl
        size="xs"
        aria-label={t('common.state')}
        value={isDone ? 'true' : 'false'}
        onChange={(value) => filter({ done: value === 'true' ? value : null })}
        data={[
          { value: 'false', label: t('care.open') },
          { value: 'true', label: t('care.done') },
        ]}
      />
    </div>
  )
}
