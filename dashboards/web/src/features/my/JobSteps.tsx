import { Button, Group } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import type { Ticket } from '../../api.ts'
import { useDraft } from '../../offline/useDraft.ts'
import { useWords } from '../../words/index.ts'
import type { JobHere } from './applyWrites.ts'
import type { FormName } from './JobForms.tsx'
import { basisOf, type Van } from './job.ts'
import { useStep } from './useStep.ts'

/** Loaded when one of them is opened, and kept on the phone before. */
const JobForms = lazy(() => import('./JobForms.tsx'))

/** The one step that comes next, as wide as the thumb; what happens seldom stands small above it. */
export function JobSteps({ job, ticket, van }: { job: JobHere; ticket: Ticket; van: Van | undefined }) {
  const { t } = useWords()
  const act = useStep(job, basisOf(ticket))
  const [form, open] = useState<FormName>()
  // Set out once a visit; the server keeps no state of it.
  const { draft: wentAt, change: went } = useDraft<number>(`way/${job.id}/${job.slot?.from ?? 0}`, 0)
  const hasSetOut = wentAt > 0 || job.isOnTheWay
  const setOff = async () => {
    if (await act('onTheWay', 'POST /api/tickets/:id/on-the-way')) went(Date.now())
  }
  const arrive = () => void act('start', 'POST /api/tickets/:id/visit/start')
  const steps = {
    contact: { label: t('my.steps.contact'), go: () => open('contact') },
    start: hasSetOut
      ? { label: t('my.steps.start'), go: arrive }
      : { label: t('my.steps.onTheWay'), go: () => void setOff() },
    leave: { label: t('my.steps.leave'), go: () => open('leave') },
    close: { label: t('my.steps.close'), go: () => open('close') },
  }
  const step = job.next && steps[job.next]
  const isBefore = job.next === 'start' || job.next === 'contact'
  return (
    <>
      <Group gap="sm" grow>
        {isBefore && !(job.next === 'start' && hasSetOut) && (
          <Button variant="subtle" onClick={arrive}>
            {t('my.steps.start')}
          </Button>
        )}
        {isBefore && job.state === 'assigned' && (
          <Button variant="subtle" onClick={() => open('noShow')}>
            {t('my.noShow')}
          </Button>
        )}
        {job.next === 'leave' && (
          <Button variant="subtle" onClick={() => open('wait')}>
            {t('my.waitForPart')}
          </Button>
        )}
      </Group>
      {step && (
        <Button size="xl" fullWidth onClick={step.go} className="thumb">
          {step.label}
        </Button>
      )}
      {form && (
        <Suspense>
          <JobForms form={form} job={job} ticket={ticket} van={van} close={() => open(undefined)} />
        </Suspense>
      )}
    </>
  )
}
