/** @jsxImportSource preact */
import { useRef, useState } from 'preact/hooks'
import type { MarkVerdict } from '../../../../core/index.ts'
import type { Call, OwnerView } from '../api.ts'
import { markVerdicts } from '../components/markVerdicts.ts'
import { Button, Choices, Notice, Panel, Row, TextField } from './controls.tsx'
import { useWords } from './words.ts'

/** What an owner does on the page of a ticket, as the call is called. */
export type OwnersDeed = Exclude<
  Extract<Call, `POST /api/t/${string}`> extends `POST /api/t/:secret/${infer What}` ? What : never,
  `${string}:${string}`
>

export interface Acting {
  view: OwnerView
  busy: boolean
  act: (what: OwnersDeed, body?: unknown) => Promise<boolean>
}

/** Before anybody comes: what the owner may try. */
export function Guide({ view: { guide }, busy, act }: Acting) {
  const { t, say } = useWords()
  if (!guide) return null
  return (
    <section class="card">
      <small>{t('card.guideTitle')}</small>
      <h2>{say(guide.title)}</h2>
      <ol>
        {guide.steps.map((step) => (
          <li key={step.en}>{say(step)}</li>
        ))}
      </ol>
      <Row>
        <Button look="soft" disabled={busy} onClick={() => void act('guide', { helped: true })}>
          {t('card.helped')}
        </Button>
        <Button disabled={busy} onClick={() => void act('guide', { helped: false })}>
          {t('card.didNot')}
        </Button>
      </Row>
    </section>
  )
}

/** The card of the visit, ticked by the owner. */
export function OwnCard({ view: { card }, busy, act }: Acting) {
  const { t, say } = useWords()
  const items = card?.filter(({ ok }) => ok) ?? []
  if (items.length === 0) return null
  return (
    <Panel title={t('card.title')}>
      {items.map(({ code, text, ticked }) => (
        <div key={code} class="line">
          <div>
            <span id={`own-${code}`}>{say(text)}</span>
            {ticked === false && <small>{t('card.thanks')}</small>}
          </div>
          <Choices
            name={`own-${code}`}
            labelledBy={`own-${code}`}
            disabled={busy}
            value={ticked === undefined ? undefined : ticked ? 'yes' : 'no'}
            onChange={(value) => void act('card', { ticks: { [code]: value === 'yes' } })}
            choices={[
              { value: 'yes', label: t('card.yes') },
              { value: 'no', label: t('card.no') },
            ]}
          />
        </div>
      ))}
    </Panel>
  )
}

/** The owner agrees with the bill, or says what is not right. */
export function AgreeBill({ view, busy, act }: Acting) {
  const { t } = useWords()
  const [isContesting, contest] = useState(false)
  const [why, setWhy] = useState('')
  if (view.billConfirmed) return <p class="dim">{t('card.confirmed')}</p>
  return (
    <section>
      <Row>
        <Button look="main" disabled={busy} onClick={() => void act('bill/confirm')}>
          {t('card.confirm')}
        </Button>
        <Button disabled={busy} onClick={() => contest(!isContesting)}>
          {t('card.contest')}
        </Button>
      </Row>
      {isContesting && (
        <>
          <TextField label={t('card.why')} value={why} onChange={setWhy} />
          <Button
            look="soft"
            disabled={busy || !why.trim()}
            onClick={() => void act('bill/contest', { why: why.trim() }).then(() => contest(false))}
          >
            {t('common.send')}
          </Button>
        </>
      )}
    </section>
  )
}

/** The owner knows it: nobody needs to come, and the same is not told again once it was said twice. */
export function NoVisit({ busy, act }: Pick<Acting, 'busy' | 'act'>) {
  const { t } = useWords()
  const dialog = useRef<HTMLDialogElement>(null)
  const [verdict, setVerdict] = useState<MarkVerdict>('normal-here')
  const [why, setWhy] = useState('')
  const close = () => dialog.current?.close()
  return (
    <>
      <Button look="quiet" disabled={busy} onClick={() => dialog.current?.showModal()}>
        {t('mark.button')}
      </Button>
      <dialog ref={dialog} aria-label={t('mark.title')}>
        <h2>{t('mark.title')}</h2>
        <Choices
          below
          name="verdict"
          label={t('mark.title')}
          value={verdict}
          onChange={(value) => setVerdict(markVerdicts.find((known) => known === value) ?? verdict)}
          choices={markVerdicts.map((value) => ({ value, label: t(`mark.verdicts.${value}`) }))}
        />
        <TextField label={t('common.why')} value={why} onChange={setWhy} />
        <small>{t('mark.hint')}</small>
        <Row>
          <Button onClick={close}>{t('common.close')}</Button>
          <Button
            look="main"
            disabled={busy}
            onClick={() => void act('mark', { verdict, why: why.trim() }).then(close)}
          >
            {t('mark.button')}
          </Button>
        </Row>
      </dialog>
    </>
  )
}

/** The same fault has come back: another appliance is due, and asked for with one tap. */
export function SwapRight({ view, busy, act }: Acting) {
  const { t } = useWords()
  return (
    <Notice kind="good">
      <p>
        {t('card.recall')} {t('card.swap')}
      </p>
      {view.swapClaimedAt === undefined ? (
        <Button look="main" disabled={busy} onClick={() => void act('swap')}>
          {t('swap.ask')}
        </Button>
      ) : (
        <p>{t('swap.asked')}</p>
      )}
    </Notice>
  )
}
