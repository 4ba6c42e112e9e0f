import { Button, Group } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { Ticket } from '../../api.ts'
import { useDraft } from '../../offline/useDraft.ts'
import { useWords } from '../../words/index.ts'
import type { JobHere } from './applyWrites.ts'
import { CardForm } from './CardForm.tsx'
import { CloseForm } from './CloseForm.tsx'
import { basisOf, type Van } from './job.ts'
import { OneSentence, WaitForPart } from './SeldomForms.tsx'
import { useStep } from './useStep.ts'

/** The one step that comes next, as wide as the thumb; what happens seldom stands small above it. */
export function JobSteps({ job, ticket, van }: { job: JobHere; ticket: Ticket; van: Van | undefined }) {
  const { t } = useWords()
  const act = useStep(job, basisOf(ticket))
  const [isTalking, talking] = useDisclosure()
  const [isLeaving, leaving] = useDisclosure()
  const [isClosing, closing] = useDisclosure()
  const [isWaiting, waiting] = useDisclosure()
  const [isAway, away] = useDisclosure()
  // Set out once a visit; the server keeps no state of it.
  const { draft: wentAt, change: went } = useDraft<number>(`way/${job.id}/${job.slot?.from ?? 0}`, 0)
  const hasSetOut = wentAt > 0 || job.isOnTheWay
  const setOff = async () => {
    if (await act('onTheWay', 'POST /api/tickets/:id/on-the-way')) went(Date.now())
  }
  const arrive = () => void act('start', 'POST /api/tickets/:id/visit/start')
  const steps = {
    contact: { label: t('my.steps.contact'), go: talking.open },
    start: hasSetOut
      ? { label: t('my.steps.start'), go: arrive }
      : { label: t('my.steps.onTheWay'), go: () => void setOff() },
    leave: { label: t('my.steps.leave'), go: leaving.open },
    close: { label: t('my.steps.close'), go: closing.open },
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
          <Button variant="subtle" onClick={away.open}>
            {t('my.noShow')}
          </Button>
        )}
        {job.next === 'leave' && (
          <Button variant="subtle" onClick={waiting.open}>
            {t('my.waitForPart')}
          </Button>
        )}
      </Group>
      {step && (
        <Button size="xl" fullWidth onClick={step.go} className="thumb">
          {step.label}
        </Button>
      )}
      <OneSentence as="contact" job={job} ticket={ticket} opened={isTalking} close={talking.close} />
      <OneSentence as="noShow" job={job} ticket={ticket} opened={isAway} close={away.close} />
      <CardForm job={job} ticket={ticket} opened={isLeaving} close={leaving.close} />
      <CloseForm job={job} ticket={ticket} van={van} opened={isClosing} close={closing.close} />
      <WaitForPart job={job} ticket={ticket} van={van} opened={isWaiting} close={waiting.close} />
    </>
  )
}
