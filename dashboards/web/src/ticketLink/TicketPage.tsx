/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { OwnerView } from '../api.ts'
import { ApiError, call } from '../call.ts'
import { Acceptance } from './Acceptance.tsx'
import { Bill, Coming, Price, ToMyData } from './cards.tsx'
import { Button, Notice, Shape } from './controls.tsx'
import { comesFirst, OwnerCheck } from './OwnerCheck.tsx'
import { type Acting, AgreeBill, Guide, NoVisit, OwnCard, type OwnersDeed, SwapRight } from './OwnerParts.tsx'
import { OwnerPush } from './OwnerPush.tsx'
import { OwnerSteps } from './OwnerSteps.tsx'
import { PayBill } from './PayBill.tsx'
import { Rate, Stars } from './Rate.tsx'
import { Recommend } from './Recommend.tsx'
import { TicketReading } from './TicketReading.tsx'
import { useAnswer } from './useAnswer.ts'
import { VisitTimes } from './VisitTimes.tsx'
import { languageOf, loadWords, SpokenWords, useWords } from './words.ts'

/** What is happening to my appliance? One screen on a phone, for whoever holds the link. */
export function TicketPage({ secret }: { secret: string }) {
  const { data: view, error, refetch } = useAnswer('GET /api/t/:secret', { secret }, 3_000)
  const words = useLoadedWords(view, error)
  useEffect(() => {
    document.title = view ? `${view.number} · Hearthwatch` : 'Hearthwatch'
  }, [view?.number])
  return (
    <main>
      {words && (view || error) ? (
        <SpokenWords.Provider value={words}>
          {view ? <View view={view} secret={secret} refetch={refetch} /> : <NoSuchLink error={error} />}
        </SpokenWords.Provider>
      ) : (
        <div aria-busy="true">
          <div class="bone" />
          <div class="bone" />
        </div>
      )}
    </main>
  )
}

/** The owner's language is known with the answer; nothing is said before. */
function useLoadedWords(view: OwnerView | undefined, error: Error | undefined) {
  const [words, setWords] = useState<Awaited<ReturnType<typeof loadWords>>>()
  const lang = view || error ? languageOf(view?.owner?.language) : undefined
  useEffect(() => {
    if (lang) void loadWords(lang).then(setWords)
  }, [lang])
  return words
}

function NoSuchLink({ error }: { error: ApiError | undefined }) {
  const { t } = useWords()
  const isAway = error?.status === 0
  return (
    <Notice kind="refused">
      <strong>{t(isAway ? 'common.loadFailed' : 'owner.noSuchLink')}</strong>
      <p>{t(isAway ? 'common.offline' : 'owner.noSuchLinkWhy')}</p>
    </Notice>
  )
}

function useActing(secret: string, refetch: () => Promise<void>) {
  const { t } = useWords()
  const [refused, setRefused] = useState<string>()
  const [busy, setBusy] = useState(false)
  /** @returns whether it was done; a refusal has been said by then */
  const act = async (what: OwnersDeed, body: unknown = {}): Promise<boolean> => {
    setBusy(true)
    setRefused(undefined)
    try {
      await call(`POST /api/t/:secret/${what}`, { secret }, body)
      await refetch()
      return true
    } catch (problem) {
      setRefused(problem instanceof ApiError && problem.status ? problem.message : t('common.offline'))
      return false
    } finally {
      setBusy(false)
    }
  }
  return { refused, busy, act }
}

function View({ view, secret, refetch }: { view: OwnerView; secret: string; refetch: () => Promise<void> }) {
  const { t, say } = useWords()
  const { refused, busy, act } = useActing(secret, refetch)
  const acting: Acting = { view, busy, act }
  const isAsked = comesFirst(view)
  const mayChoose = view.may.accept && !isAsked
  return (
    <>
      <header>
        <p class="dim">
          {view.number} · {say(view.appliance.kindName, view.appliance.kind)} {view.appliance.model}
        </p>
        <h1>{view.source === 'reported' && !view.bill ? t('owner.youReported') : say(view.noticed)}</h1>
      </header>
      {refused && <Notice kind="refused">{refused}</Notice>}
      {view.changed && view.may.accept && <Notice kind="changed">{say(view.changed)}</Notice>}
      <Found view={view} />
      {view.slot && view.isToCome && <Coming view={view} slot={view.slot} secret={secret} />}
      {view.swapRight && <SwapRight {...acting} />}
      {view.compensation && <Notice kind="good">{t('card.sorry', { text: say(view.compensation) })}</Notice>}
      <OwnerCheck {...acting} />
      {view.guide && <Guide {...acting} />}
      <Acceptance secret={secret} />
      {!isAsked && <VisitTimes {...acting}>{(mayChoose || view.may.move) && <Price view={view} />}</VisitTimes>}
      {(mayChoose || view.isToCome) && <TicketReading secret={secret} refresh={() => void refetch()} />}
      {view.verification === 'passed' && (
        <Notice kind="good">
          <strong>{t('owner.verified')}</strong>
          <p>{t('owner.verifiedWhy')}</p>
        </Notice>
      )}
      {view.bill && <Bill bill={view.bill} />}
      {view.bill && view.bill.lines.length > 0 && <AgreeBill {...acting} />}
      <PayBill view={view} secret={secret} />
      {view.card && <OwnCard {...acting} />}
      {view.may.rate && <Rate busy={busy} rate={(stars, text) => void act('rate', { stars, text })} />}
      {view.state === 'closed' && <Recommend secret={secret} />}
      {view.rating && <Stars of={view.rating.stars}>{t('owner.thanks')}</Stars>}
      <OwnerSteps view={view} />
      {view.may.mark && <NoVisit busy={busy} act={act} />}
      {view.may.notSolved && (
        <Button look="quiet" disabled={busy} onClick={() => void act('not-solved')}>
          {t('owner.notSolved')}
        </Button>
      )}
      <Foot view={view} secret={secret} />
    </>
  )
}

const Found = ({ view }: { view: OwnerView }) => {
  const { t, say } = useWords()
  return (
    <section>
      <p>{say(view.found)}</p>
      <p class="advice">
        <Shape of={view.safe ? 'safe' : 'unsafe'} />
        <strong>{say(view.advice, t(view.safe ? 'owner.safe' : 'owner.notSafe'))}</strong>
      </p>
    </section>
  )
}

/** Whom the owner deals with, the way to reach them, and to one's other pages. */
function Foot({ view, secret }: { view: OwnerView; secret: string }): ComponentChildren {
  const { t } = useWords()
  const { name, phone } = view.firm
  return (
    <>
      {view.owner && <OwnerPush secret={secret} />}
      {phone ? (
        <a class="button" href={`tel:${phone.replaceAll(/[^+\d]/g, '')}`}>
          <Shape of="phone" /> {name} · {phone}
        </a>
      ) : (
        <p class="dim middle">{t('owner.by', { name })}</p>
      )}
      {view.owner && <ToMyData secret={secret} />}
      <small class="middle">{t('owner.footer')}</small>
    </>
  )
}
