/** @jsxImportSource preact */

import type { OwnerView, Slot } from '../api.ts'
import { call } from '../call.ts'
import { clockTime, money, slotText } from '../components/plainText.ts'
import { told } from '../words/told.ts'
import { Button, Panel, Row } from './controls.tsx'
import { useWords } from './words.ts'

/** Who comes, and when; on the day itself, when about. */
export function Coming({ view, slot, secret }: { view: OwnerView; slot: Slot; secret: string }) {
  const { t, lang } = useWords()
  return (
    <section class="card">
      <small>{t(view.engineer ? 'owner.comes' : 'owner.planned')}</small>
      <strong class="large">{slotText(slot, lang, view.timeZone)}</strong>
      {view.eta !== undefined && <strong>{t('owner.eta', { time: clockTime(view.eta, lang, view.timeZone) })}</strong>}
      {view.engineer && <span>{view.engineer}</span>}
      <a href={`/api/t/${secret}/visit.ics`} download>
        {t('owner.calendar')}
      </a>
    </section>
  )
}

function Lines({ lines, currency }: { lines: NonNullable<OwnerView['bill']>['lines']; currency: string | undefined }) {
  const { lang } = useWords()
  return lines.map(({ cents, ...line }) => (
    <div key={line.text} class="line dim">
      <span>{told(line, 'text', lang)}</span>
      <span>{money(cents, lang, currency)}</span>
    </div>
  ))
}

export function Bill({ bill }: { bill: NonNullable<OwnerView['bill']> }) {
  const { t, lang } = useWords()
  return (
    <Panel title={t('ticket.bill')}>
      <Lines lines={bill.lines} currency={bill.currency} />
      <strong class="line">
        <span>{t('owner.youPay')}</span>
        <span>{money(bill.totalCents, lang, bill.currency)}</span>
      </strong>
    </Panel>
  )
}

/** The most it can cost, and who pays if we were wrong. */
export function Price({ view: { price } }: { view: OwnerView }) {
  const { t, lang } = useWords()
  return (
    <section class="card">
      <div class="line">
        <span>{t('owner.highestPrice')}</span>
        <strong class="large">{money(price.highestCents, lang, price.currency)}</strong>
      </div>
      <Lines lines={price.lines} currency={price.currency} />
      <p class="dim">
        {price.coveredByWarranty ? `${t('owner.warranty')} ` : ''}
        {t('owner.ifWrong')}
      </p>
    </section>
  )
}

/** The way to one's appliances, data and rights: the link to this page came to the owner alone. */
export function ToMyData({ secret }: { secret: string }) {
  const { t } = useWords()
  const go = async (page: 'h' | 'p') => {
    const own = await call('POST /api/t/:secret/own-page', { secret }, {})
    location.href = own.path.replace('/p/', `/${page}/`)
  }
  return (
    <Row>
      <Button look="quiet" onClick={() => void go('h')}>
        {t('home.title')}
      </Button>
      <Button look="quiet" onClick={() => void go('p')}>
        {t('rights.toMyData')}
      </Button>
    </Row>
  )
}
