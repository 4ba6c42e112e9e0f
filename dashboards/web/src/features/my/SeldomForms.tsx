import { Button, Modal, Stack, Textarea } from '@mantine/core'
import { useState } from 'react'
import type { Ticket } from '../../api.ts'
import { useWords } from '../../words/index.ts'
import { basisOf, type Job, type Van } from './job.ts'
import { PartTaps } from './PartTaps.tsx'
import { useStep } from './useStep.ts'

interface Opened {
  job: Job
  ticket: Ticket
  opened: boolean
  close: () => void
}

/** What is not in the van is ordered, and the visit goes on when it has come. */
export function WaitForPart({ job, ticket, van, opened, close }: Opened & { van: Van | undefined }) {
  const { t } = useWords()
  const step = useStep(job, basisOf(ticket))
  const [parts, setParts] = useState<string[]>([])
  const send = async () => {
    const body = { parts: parts.map((part) => ({ part })) }
    if (await step('wait', 'POST /api/tickets/:id/wait', body)) close()
  }
  return (
    <Modal opened={opened} onClose={close} title={t('my.waitForPart')}>
      <Stack>
        <PartTaps
          label={t('my.whichPart')}
          kind={ticket.kind}
          van={van}
          kit={ticket.kit.map(({ part }) => part)}
          chosen={parts}
          choose={setParts}
        />
        <Button size="lg" disabled={parts.length === 0} onClick={() => void send()}>
          {t('my.orderPart')}
        </Button>
      </Stack>
    </Modal>
  )
}

/** Something is said with one sentence: nobody at home, or what was agreed with the owner. */
export function OneSentence({ job, ticket, opened, close, as }: Opened & { as: 'noShow' | 'contact' }) {
  const { t } = useWords()
  const step = useStep(job, basisOf(ticket))
  const [words, say] = useState('')
  const title = t(as === 'noShow' ? 'my.noShow' : 'my.steps.contact')
  const send = async () => {
    const said = words.trim()
    const done =
      as === 'noShow'
        ? await step('noShow', 'POST /api/tickets/:id/no-show', { why: said })
        : await step('contact', 'POST /api/tickets/:id/contact', { note: said })
    if (done) close()
  }
  return (
    <Modal opened={opened} onClose={close} title={title}>
      <Stack>
        <Textarea
          label={t(as === 'noShow' ? 'common.why' : 'visit.contactNote')}
          value={words}
          onChange={(event) => say(event.currentTarget.value)}
          data-autofocus
          autosize
        />
        <Button size="lg" disabled={as === 'noShow' && !words.trim()} onClick={() => void send()}>
          {title}
        </Button>
      </Stack>
    </Modal>
  )
}
