/** @jsxImportSource preact */
import { useState } from 'preact/hooks'
import type { OwnerView } from '../api.ts'
import { Button, Choices, Notice, Panel } from './controls.tsx'
import type { Acting } from './OwnerParts.tsx'
import { useWords } from './words.ts'

const said = ['yes', 'no', 'unsure'] as const
type Said = (typeof said)[number]

/** What is asked first may spare the choice of a time; who was told that nobody needs to come chooses none. */
export const comesFirst = ({ questions, answered, state }: OwnerView): boolean =>
  questions !== undefined || (answered === 'wait' && state === 'new')

/** Before a visit is offered: what the owner sees and hears; or what their answers led to, while a visit is open still. */
export function OwnerCheck({ view, busy, act }: Acting) {
  const { t, say } = useWords()
  const [given, give] = useState<Record<string, Said>>({})
  const { questions, answered, may } = view
  if (!questions)
    return answered && may.accept ? <Notice kind="good">{t(`ownerCheck.outcomes.${answered}`)}</Notice> : null
  // Nothing is said for anybody: what was sent by a slip would not be asked again.
  const isWhole = questions.every(({ id }) => given[id] !== undefined)
  return (
    <Panel title={t('ownerCheck.title')}>
      <small>{t('ownerCheck.hint')}</small>
      {questions.map(({ id, text }) => (
        <div key={id} class="asked">
          <p id={`asked-${id}`}>{say(text)}</p>
          <Choices
            name={`asked-${id}`}
            labelledBy={`asked-${id}`}
            disabled={busy}
            value={given[id]}
            onChange={(value) => give({ ...given, [id]: said.find((known) => known === value) ?? 'unsure' })}
            choices={said.map((value) => ({ value, label: t(`ownerCheck.${value}`) }))}
          />
        </div>
      ))}
      <Button look="main" disabled={busy || !isWhole} onClick={() => void act('answers', { answers: given })}>
        {t('ownerCheck.send')}
      </Button>
    </Panel>
  )
}
