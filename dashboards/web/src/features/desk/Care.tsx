import { Anchor, Button, Group, Modal, SegmentedControl, Stack, Text, Textarea } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type Answer, useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { Listing } from '../../components/Listing.tsx'
import { Failure, Page, Waiting } from '../../components/Page.tsx'
import { useAction } from '../../components/useAction.ts'
import { useFilters } from '../../components/useFilters.ts'
import { useMay } from '../../components/useMay.tsx'
import { useClock, useFresh } from '../../live.ts'
import { useWords } from '../../words/index.ts'
import { Queues } from './Queues.tsx'

/** The queues stand above the list: both come at once, so that nothing moves under a finger. */
const useQueuesPending = () => useCall('GET /api/queues', {}, 20_000).isPending

const types = ['reach', 'call-back', 'supervisor', 'complaint', 'contact', 'reconsider', 'swap'] as const
type Task = Answer<'GET /api/tasks'>['items'][number]

/** Whom do we owe a call, and by when? */
export default function Care() {
  const { t, say } = useWords()
  const [filters, filter] = useFilters<'type' | 'done'>()
  const type = types.find((known) => known === filters.type)
  const isDone = filters.done === 'true'
  const isQueuesPending = useQueuesPending()
  const { data, error, refetch } = useCall('GET /api/tasks', { done: isDone, type }, 15_000)
  useFresh(['ticket'], ['/api/tasks'])
  const mayDo = useMay()('tasks.do')
  const [doing, doTask] = useState<Task>()
  const now = useClock((clock) => Math.floor(clock.now / 60_000) * 60_000)
  if (isQueuesPending || (!data && !error)) return <Waiting title={t('nav.care')} />
  return (
    <Page title={t('nav.care')}>
      <Queues />
      <Text size="sm" c="dimmed">
        {t('care.hint')}
      </Text>
      <TaskFilters type={type} isDone={isDone} filter={filter} />
      {error && <Failure error={error} retry={() => void refetch()} />}
      {data && (
        <Listing
          name="tasks"
          rows={data.items}
          keyOf={({ id }) => id}
          empty={t('care.empty')}
          columns={[
            {
              key: 'due',
              label: t('care.due'),
              value: ({ dueAt }) => dueAt,
              render: ({ dueAt, doneAt }) => (
                <Text size="sm" c={(doneAt ?? now) > dueAt ? 'var(--late)' : undefined}>
                  <When at={dueAt} />
                  {(doneAt ?? now) > dueAt ? ' !' : ''}
                </Text>
              ),
            },
            { key: 'type', label: t('care.what'), value: ({ type: one }) => t(`care.types.${one}`) },
            {
              key: 'text',
              label: '',
              value: ({ text }) => say(text),
              render: ({ text, ticket, outcome }) => (
                <>
                  <Text size="sm">
                    {ticket ? (
                      <Anchor component={Link} to={`/tickets/${ticket}`} size="sm">
                        {say(text)}
                      </Anchor>
                    ) : (
                      say(text)
                    )}
                  </Text>
                  {outcome && (
                    <Text size="xs" c="dimmed">
                      {outcome}
                    </Text>
                  )}
                </>
              ),
            },
            {
              key: 'desk',
              label: t('care.who'),
              value: ({ desk }) => (desk === 'central' ? t('visit.central') : desk),
            },
            {
              key: 'do',
              label: '',
              value: () => undefined,
              render: (task) =>
                mayDo && task.doneAt === undefined && task.type !== 'call-back' ? (
                  <Button size="compact-xs" variant="default" onClick={() => doTask(task)}>
                    {t('care.doIt')}
                  </Button>
                ) : null,
            },
          ]}
        />
      )}
      <Modal opened={!!doing} onClose={() => doTask(undefined)} title={doing ? say(doing.text) : ''}>
        {doing && <Outcome task={doing} done={() => doTask(undefined)} />}
      </Modal>
    </Page>
  )
}

/** What is owed, or what has been done of it. */
function TaskFilters({
  type,
  isDone,
  filter,
}: {
  type: Task['type'] | undefined
  isDone: boolean
  filter: (change: { type?: string | null; done?: string | null }) => void
}) {
  const { t } = useWords()
  return (
    <Group gap="sm">
      <SegmentedControl
        size="xs"
        aria-label={t('care.what')}
        value={type ?? 'all'}
        onChange={(value) => filter({ type: value === 'all' ? null : value })}
        data={[
          { value: 'all', label: t('care.all') },
          ...types.map((value) => ({ value, label: t(`care.types.${value}`) })),
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
    </Group>
  )
}

function Outcome({ task, done }: { task: Task; done: () => void }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [outcome, setOutcome] = useState('')
  return (
    <Stack>
      <Textarea
        label={t('care.outcome')}
        value={outcome}
        onChange={(event) => setOutcome(event.currentTarget.value)}
        data-autofocus
        autosize
      />
      <Button
        loading={busy}
        disabled={!outcome.trim()}
        onClick={() =>
          void act('POST /api/tasks/done', {}, { id: task.id, outcome: outcome.trim() }, t('common.saved')).then(
            (saved) => saved !== undefined && done(),
          )
        }
      >
        {t('care.doIt')}
      </Button>
    </Stack>
  )
}
