import { Button, FileInput, Modal, SegmentedControl, Stack, Text } from '@mantine/core'
import { type Answer, type Ticket, useCall } from '../../api.ts'
import { newKey } from '../../offline/newKey.ts'
import { useDraft } from '../../offline/useDraft.ts'
import { useWords } from '../../words/index.ts'
import { smallPhoto } from '../ticket/smallPhoto.ts'
import { basisOf, type Job } from './job.ts'
import { ScanField } from './ScanField.tsx'
import { SignaturePad } from './SignaturePad.tsx'
import { useStep } from './useStep.ts'

interface Draft {
  answers: Record<string, 'ok' | 'notOk'>
  /** By item: the name of a photo, or what was scanned. */
  evidence: Record<string, string>
}
const EMPTY: Draft = { answers: {}, evidence: {} }
const SIGNED = 'signed'
type Shown = 'image/jpeg' | 'image/png'

/** The card of the visit, filled in with or without a network; what is half done is there after a dead battery. */
export function CardForm({
  job,
  ticket,
  opened,
  close,
}: {
  job: Job
  ticket: Ticket
  opened: boolean
  close: () => void
}) {
  const { t, say } = useWords()
  const step = useStep(job, basisOf(ticket))
  const { data: card } = useCall('GET /api/tickets/:id/checklist', { id: job.id })
  const { draft, change, clear } = useDraft<Draft>(`card/${job.id}`, EMPTY)
  const { answers, evidence } = draft
  const answer = (code: string, value: 'ok' | 'notOk') => change({ ...draft, answers: { ...answers, [code]: value } })
  const show = async (code: string, type: Shown, base64: string) => {
    const name = `photo-${newKey()}`
    if (!(await step('photo', 'POST /api/tickets/:id/photos', { type, base64, name }))) return
    change({ answers: { ...answers, [code]: 'ok' }, evidence: { ...evidence, [code]: name } })
  }
  const missing = (card?.items ?? []).filter(({ code, mandatory, evidence: wanted }) =>
    answers[code] ? wanted !== undefined && answers[code] === 'ok' && !evidence[code] : mandatory,
  )
  const send = async () => {
    const checklist = Object.fromEntries(
      Object.entries(answers).map(([code, value]) => [
        code,
        { ok: value === 'ok', ...(evidence[code] ? { evidence: evidence[code] } : {}) },
      ]),
    )
    if (!(await step('leave', 'POST /api/tickets/:id/visit/end', { checklist }))) return
    clear()
    close()
  }
  return (
    <Modal opened={opened} onClose={close} title={t('visit.card')} fullScreen>
      <Stack pb={80}>
        <Text size="sm" c="dimmed">
          {t('visit.cardHint')}
        </Text>
        {!card && <Text size="sm">{t('my.noCard')}</Text>}
        {card?.items.map((item) => (
          <Item
            key={item.code}
            item={item}
            draft={draft}
            answer={(value) => answer(item.code, value)}
            show={(type, base64) => void show(item.code, type, base64)}
            scanned={(value) => change({ ...draft, evidence: { ...evidence, [item.code]: value } })}
          />
        ))}
        {missing.length > 0 && Object.keys(answers).length > 0 && (
          <Text size="sm" c="dimmed">
            {t('my.stillOpen', { items: missing.map(({ text }) => say(text)).join('; ') })}
          </Text>
        )}
        <Button size="xl" fullWidth disabled={!card || missing.length > 0} onClick={() => void send()}>
          {t('visit.end')}
        </Button>
      </Stack>
    </Modal>
  )
}

/** One item of the card: how it is, and what proves it. */
function Item(props: {
  item: Answer<'GET /api/tickets/:id/checklist'>['items'][number]
  draft: Draft
  answer: (value: 'ok' | 'notOk') => void
  show: (type: Shown, base64: string) => void
  scanned: (code: string) => void
}) {
  const { t, say } = useWords()
  const { answer, show, scanned } = props
  const { code, text, mandatory, evidence: wanted } = props.item
  const { answers, evidence } = props.draft
  const photo = async (file: File | null) => {
    if (!file) return
    const { type, base64 } = await smallPhoto(file)
    show(type, base64)
  }
  return (
    <div>
      <Text fw={500} id={`card-${code}`} mb={4}>
        {say(text)}
        {mandatory ? ' *' : ''}
      </Text>
      {code === SIGNED ? (
        evidence[code] ? (
          <Text size="sm">{t('my.signed')}</Text>
        ) : (
          <SignaturePad done={(base64) => show('image/png', base64)} />
        )
      ) : (
        <SegmentedControl
          size="md"
          fullWidth
          aria-labelledby={`card-${code}`}
          value={answers[code] ?? ''}
          onChange={(value) => answer(value === 'ok' ? 'ok' : 'notOk')}
          data={[
            { value: 'ok', label: t('visit.ok') },
            { value: 'notOk', label: t('visit.notOk') },
          ]}
        />
      )}
      {wanted === 'photo' && code !== SIGNED && answers[code] === 'ok' && (
        <FileInput
          label={t('visit.photo')}
          accept="image/*"
          capture="environment"
          description={evidence[code] ? t('my.photoKept') : undefined}
          onChange={(file) => void photo(file)}
        />
      )}
      {wanted === 'scan' && answers[code] === 'ok' && (
        <ScanField label={t('visit.evidence')} value={evidence[code] ?? ''} change={scanned} />
      )}
    </div>
  )
}
