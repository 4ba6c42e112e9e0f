import type { Ticket } from '../../api.ts'
import type { JobHere } from './applyWrites.ts'
import { CardForm } from './CardForm.tsx'
import { CloseForm } from './CloseForm.tsx'
import type { Van } from './job.ts'
import { OneSentence, WaitForPart } from './SeldomForms.tsx'

export type FormName = 'contact' | 'noShow' | 'leave' | 'close' | 'wait'

/** What a step of a job asks for, as a dialog over the day. */
export default function JobForms({
  form,
  van,
  ...of
}: {
  form: FormName
  job: JobHere
  ticket: Ticket
  van: Van | undefined
  close: () => void
}) {
  switch (form) {
    case 'contact':
    case 'noShow':
      return <OneSentence as={form} opened {...of} />
    case 'leave':
      return <CardForm opened {...of} />
    case 'close':
      return <CloseForm opened van={van} {...of} />
    case 'wait':
      return <WaitForPart opened van={van} {...of} />
  }
}
