import { Anchor, Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { IconCheck, IconMail, IconPhone } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { When } from '../../components/format.tsx'
import { type Column, Listing } from '../../components/Listing.tsx'
import { useAction } from '../../components/useAction.ts'
import { useMay } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'
import { listOf, type Owed, type Task } from './worklists.ts'

/** What is owed, the oldest first, each with its person and the tap that ends it. */
export function Worklist({ owed, now }: { owed: readonly Owed[]; now: number }) {
  const { t, say } = useWords()
  const [telling, tell] = useState<Task>()
  const columns: Column<Owed>[] = [
    { key: 'due', label: t('care.due'), value: ({ dueAt }) => dueAt, render: (one) => <Due owed={one} now={now} /> },
    { key: 'type', label: t('care.what'), value: (one) => t(`care.types.${listOf(one)}`) },
    { key: 'text', label: t('care.about'), isTitle: true, value: useText(), render: (one) => <What owed={one} /> },
    {
      key: 'person',
      label: t('care.person'),
      value: (one) => (one.list === 'task' ? one.task.about?.owner?.name : undefined),
      render: (one) => (one.list === 'task' ? <Person task={one.task} /> : null),
    },
    {
      key: 'desk',
      label: t('care.who'),
      value: (one) =>
        one.list !== 'task' ? undefined : one.task.desk === 'central' ? t('visit.central') : one.task.desk,
    },
    {
      key: 'do',
      label: '',
      value: () => undefined,
      render: (one) => (one.list === 'task' ? <Done task={one.task} tell={() => tell(one.task)} /> : null),
    },
  ]
  return (
    <>
      <Listing name="tasks" rows={owed} keyOf={({ key }) => key} empty={t('care.empty')} columns={columns} />
      <Modal opened={!!telling} onClose={() => tell(undefined)} title={telling ? say(telling.text) : ''}>
        {telling && <Outcome task={telling} done={() => tell(undefined)} />}
      </Modal>
    </>
  )
}

function useText(): (owed: Owed) => string {
  const { t, say } = useWords()
  return (one) =>
    one.list === 'task'
      ? say(one.task.text)
      : t('care.promise', { number: one.number, appliance: one.appliance, state: t(`ticketState.${one.state}`) })
}

/** Late ones say so by a sign, too. */
function Due({ owed, now }: { owed: Owed; now: number }) {
  const isLate = ((owed.list === 'task' ? owed.task.doneAt : undefined) ?? now) > owed.dueAt
  return (
    <Text size="sm" c={isLate ? 'var(--late)' : undefined}>
      <When at={owed.dueAt} />
      {isLate ? ' !' : ''}
    </Text>
  )
}

function What({ owed }: { owed: Owed }) {
  const text = useText()
  const ticket = owed.list === 'task' ? owed.task.ticket : owed.ticket
  const outcome = owed.list === 'task' ? owed.task.outcome : undefined
  return (
    <>
      {ticket ? (
        <Anchor component={Link} to={`/tickets/${ticket}`} size="sm">
          {text(owed)}
        </Anchor>
      ) : (
        <Text size="sm">{text(owed)}</Text>
      )}
      {outcome && (
        <Text size="xs" c="dimmed">
          {outcome}
        </Text>
      )}
    </>
  )
}

/** Who it is, and how they are reached from here: by telephone, by mail. */
function Person({ task: { about } }: { task: Task }) {
  const { t } = useWords()
  const owner = about?.owner
  if (!owner) return null
  const name = owner.name ?? '—'
  const mail = owner.contact?.includes('@') ? owner.contact : undefined
  return (
    <Group gap={6} wrap="nowrap">
      <Text size="sm">{name}</Text>
      {owner.phone && (
        <Button
          component="a"
          href={`tel:${owner.phone.replace(/[^+\d]/g, '')}`}
          size="compact-sm"
          variant="light"
          leftSection={<IconPhone size={14} aria-hidden />}
          aria-label={`${t('care.call', { name })}: ${owner.phone}`}
        >
          {owner.phone}
        </Button>
      )}
      {mail && (
        <Button
          component="a"
          href={`mailto:${mail}?subject=${encodeURIComponent(about.number)}`}
          size="compact-sm"
          variant="default"
          aria-label={t('care.write', { name })}
        >
          <IconMail size={14} aria-hidden />
        </Button>
      )}
    </Group>
  )
}

/** One tap ends it; a second button is for what needs words. */
function Done({ task, tell }: { task: Task; tell: () => void }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const mayDo = useMay()('tasks.do')
  const mayCall = useMay()('tickets.callBack')
  const { id, ticket, desk, type, doneAt } = task
  if (doneAt !== undefined) return null
  if (type === 'call-back') {
    const called = (solved: boolean) =>
      ticket && act('POST /api/tickets/:id/call-back', { id: ticket }, { solved, desk }, t('common.saved'))
    return mayCall ? (
      <Group gap={4} wrap="nowrap">
        <Button size="compact-sm" loading={busy} onClick={() => void called(true)}>
          {t('visit.solved')}
        </Button>
        <Button size="compact-sm" variant="default" disabled={busy} onClick={() => void called(false)}>
          {t('visit.notSolved')}
        </Button>
      </Group>
    ) : null
  }
  return mayDo ? (
    <Group gap={4} wrap="nowrap">
      <Button
        size="compact-sm"
        loading={busy}
        leftSection={<IconCheck size={14} aria-hidden />}
        onClick={() => void act('POST /api/tasks/done', {}, { id, outcome: t('care.doIt') }, t('common.saved'))}
      >
        {t('care.doIt')}
      </Button>
      <Button size="compact-sm" variant="default" disabled={busy} onClick={tell}>
        {t('care.withWords')}
      </Button>
    </Group>
  ) : null
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
