/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Slot } from '../api.ts'
import { slotText } from '../components/plainText.ts'
import { Button, Row } from './controls.tsx'
import type { Acting } from './OwnerParts.tsx'
import { useWords } from './words.ts'

/** When somebody comes: chosen, moved or called off. `children` stands between the times and the ways out of them. */
export function VisitTimes({ view, busy, act, children }: Acting & { children: ComponentChildren }) {
  const { t, lang } = useWords()
  const [isMoving, setMoving] = useState(false)
  const [asking, ask] = useState<'decline' | 'cancel'>()
  const { may } = view
  const slots = may.accept || isMoving ? (view.slots ?? []) : []
  const choose = async (slot: Slot) => {
    if (await act(isMoving ? 'move' : 'accept', { slot })) setMoving(false)
  }
  return (
    <>
      {slots.length > 0 && (
        <section>
          <h2>{t('owner.chooseTime')}</h2>
          {slots.map((slot: Slot) => (
            <Button key={slot.from} look="soft" disabled={busy} onClick={() => void choose(slot)}>
              {slotText(slot, lang, view.timeZone)}
            </Button>
          ))}
        </section>
      )}
      {children}
      {(may.move || may.decline || may.cancel) && (
        <Row>
          {may.move && (
            <Button onClick={() => setMoving(!isMoving)}>{t(isMoving ? 'owner.keepTime' : 'owner.move')}</Button>
          )}
          {may.decline && (
            <Button disabled={busy} onClick={() => ask('decline')}>
              {t('owner.decline')}
            </Button>
          )}
          {may.cancel && (
            <Button disabled={busy} onClick={() => ask('cancel')}>
              {t('owner.cancel')}
            </Button>
          )}
        </Row>
      )}
      {asking && (
        <Sure
          what={asking}
          busy={busy}
          yes={() => void act(asking).then(() => ask(undefined))}
          no={() => ask(undefined)}
        />
      )}
    </>
  )
}

/** What ends the visit is asked twice. */
function Sure({ what, busy, yes, no }: { what: 'decline' | 'cancel'; busy: boolean; yes: () => void; no: () => void }) {
  const { t } = useWords()
  return (
    <div class="card" role="alertdialog" aria-label={t(`owner.sure.${what}`)}>
      <strong>{t(`owner.sure.${what}`)}</strong>
      <p>{t(`owner.sureWhy.${what}`)}</p>
      <Row>
        <Button look="danger" disabled={busy} onClick={yes}>
          {t(`owner.sureYes.${what}`)}
        </Button>
        <Button disabled={busy} onClick={no}>
          {t('owner.sureNo')}
        </Button>
      </Row>
    </div>
  )
}
