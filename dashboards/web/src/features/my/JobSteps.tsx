import { Button, Group, Modal, MultiSelect, Stack, Textarea } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import type { Ticket } from '../../api.ts'
import { useNames } from '../../components/names.ts'
import { useAction } from '../../components/useAction.ts'
import { useWords } from '../../words/index.ts'
import { CloseTicket } from '../ticket/CloseTicket.tsx'
import { ContactOwner, EndVisit } from '../ticket/VisitForms.tsx'
import type { Job } from './job.ts'

/** The one step that comes next, as wide as the thumb; what happens seldom stands small above it. */
export function JobSteps({ job, ticket }: { job: Job; ticket: Ticket }) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [isTalking, talking] = useDisclosure()
  const [isLeaving, leaving] = useDisclosure()
  const [isClosing, closing] = useDisclosure()
  const [isWaiting, waiting] = useDisclosure()
  const [isAway, away] = useDisclosure()
  const [hasSetOut, setOut] = useState(false)
  const { id } = job
  const setOff = async () => {
    const answer = await act('POST /api/tickets/:id/on-the-way', { id }, {}, t('my.steps.onTheWay'))
    if (answer) setOut(true)
  }
  const arrive = () => void act('POST /api/tickets/:id/visit/start', { id }, {}, t('ticket.saved'))
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
          <Button variant="subtle" onClick={arrive} loading={busy}>
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
        <Button size="xl" fullWidth loading={busy} onClick={step.go}>
          {step.label}
        </Button>
      )}
      <ContactOwner ticket={ticket} opened={isTalking} close={talking.close} />
      <EndVisit ticket={ticket} opened={isLeaving} close={leaving.close} />
      <CloseTicket ticket={ticket} opened={isClosing} close={closing.close} />
      <WaitForPart ticket={ticket} opened={isWaiting} close={waiting.close} />
      <NobodyHome ticket={ticket} opened={isAway} close={away.close} />
    </>
  )
}

interface Opened {
  ticket: Ticket
  opened: boolean
  close: () => void
}

/** What is not in the van is ordered, and the visit goes on when it has come. */
function WaitForPart({ ticket, opened, close }: Opened) {
  const { t } = useWords()
  const names = useNames()
  const { act, busy } = useAction()
  const [parts, setParts] = useState<string[]>([])
  const known = Object.keys(names.kindOf(ticket.kind)?.parts ?? {})
  const send = async () => {
    const body = { parts: parts.map((part) => ({ part })) }
    if (await act('POST /api/tickets/:id/wait', { id: ticket.id }, body, t('ticket.saved'))) close()
  }
  return (
    <Modal opened={opened} onClose={close} title={t('my.waitForPart')}>
      <Stack>
        <MultiSelect
          label={t('ticket.partsUsed')}
          data={known.map((value) => ({ value, label: names.part(ticket.kind, value) }))}
          value={parts}
          onChange={setParts}
          searchable
        />
        <Button size="md" loading={busy} disabled={parts.length === 0} onClick={() => void send()}>
          {t('my.orderPart')}
        </Button>
      </Stack>
    </Modal>
  )
}

/** Recorded with a reason; the owner chooses another time. */
function NobodyHome({ ticket, opened, close }: Opened) {
  const { t } = useWords()
  const { act, busy } = useAction()
  const [why, setWhy] = useState('')
  const send = async () => {
    if (await act('POST /api/tickets/:id/no-show', { id: ticket.id }, { why: why.trim() }, t('ticket.saved'))) close()
  }
  return (
    <Modal opened={opened} onClose={close} title={t('my.noShow')}>
      <Stack>
        <Textarea
          label={t('common.why')}
          value={why}
          onChange={(event) => setWhy(event.currentTarget.value)}
          data-autofocus
          autosize
        />
        <Button size="md" loading={busy} disabled={!why.trim()} onClick={() => void send()}>
          {t('my.noShow')}
        </Button>
      </Stack>
    </Modal>
  )
}
