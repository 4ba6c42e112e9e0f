/** @jsxImportSource preact */
import { useState } from 'preact/hooks'
import { call } from '../call.ts'
import { Button, Row, TextField } from './controls.tsx'
import { useAnswer } from './useAnswer.ts'
import { useWords } from './words.ts'

/** A project’s owner accepts the work, or says what is missing. */
export function Acceptance({ secret }: { secret: string }) {
  const { t } = useWords()
  const { data, refetch } = useAnswer('GET /api/t/:secret/project', { secret }, 10_000)
  const [note, setNote] = useState('')
  if (!data?.asked) return null
  const say = async (ok: boolean) => {
    await call('POST /api/t/:secret/acceptance', { secret }, { ok, note: note.trim() })
    await refetch()
  }
  return (
    <section>
      <h2>{t('project.ownerTitle')}</h2>
      {data.ok === false && <p>{t('project.ownerRefused')}</p>}
      <TextField label={t('project.note')} value={note} onChange={setNote} />
      <Row>
        <Button look="main" onClick={() => void say(true)}>
          {t('project.accept')}
        </Button>
        <Button disabled={!note.trim()} onClick={() => void say(false)}>
          {t('project.refuse')}
        </Button>
      </Row>
    </section>
  )
}
