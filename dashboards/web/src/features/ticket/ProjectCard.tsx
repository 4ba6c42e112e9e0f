import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { type Answer, type Ticket, useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { Panel } from '../../components/Page.tsx'
import { useAction } from '../../components/useAction.ts'
import { Allowed } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'

type Step = Answer<'GET /api/tickets/:id/project'>['steps'][number]

/** A project goes on only with its plan reviewed, its hidden work supervised, and the whole accepted. */
export function ProjectCard({ ticket }: { ticket: Ticket }) {
  const { t } = useWords()
  const { data } = useCall('GET /api/tickets/:id/project', { id: ticket.id })
  if (!data || data.steps.length === 0) return null
  return (
    <Panel title={t('project.title')}>
      <Stack gap="md">
        {data.steps.map((step) => (
          <OneStep key={step.step} ticket={ticket.id} step={step} />
        ))}
      </Stack>
    </Panel>
  )
}

function OneStep({ ticket, step: { step, ok, records } }: { ticket: string; step: Step }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [note, setNote] = useState('')
  const record = (passed: boolean) =>
    void act('POST /api/tickets/:id/project', { id: ticket }, { step, ok: passed, note }, t('common.saved')).then(() =>
      setNote(''),
    )
  return (
    <div>
      <Text fw={600}>
        {t(`project.steps.${step}`)}: {t(ok === undefined ? 'project.open' : ok ? 'project.passed' : 'project.failed')}
      </Text>
      {records.map(({ at, by, ok: passed, note: said }) => (
        <Text key={`${at}/${by}`} size="sm" c="dimmed">
          {t(passed ? 'project.passed' : 'project.failed')} · {by} · <When at={at} /> {said}
        </Text>
      ))}
      {ok !== true && (
        <Allowed to="projects.record">
          <Group gap="sm" mt={4} align="flex-end">
            <TextInput
              size="xs"
              label={t('project.note')}
              value={note}
              onChange={(event) => setNote(event.currentTarget.value)}
            />
            <Button size="xs" variant="light" loading={busy} onClick={() => record(true)}>
              {t('project.pass')}
            </Button>
            <Button size="xs" variant="default" loading={busy} onClick={() => record(false)}>
              {t('project.fail')}
            </Button>
          </Group>
        </Allowed>
      )}
    </div>
  )
}
