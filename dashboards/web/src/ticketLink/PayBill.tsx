/** @jsxImportSource preact */
import { useState } from 'preact/hooks'
import type { OwnerView } from '../api.ts'
import { ApiError, call } from '../call.ts'
import { money } from '../components/plainText.ts'
import { Button, Notice } from './controls.tsx'
import { useWords } from './words.ts'

/** The money of the bill: how it stands, and the way to where it is paid. */
export function PayBill({ view: { bill, payment, may }, secret }: { view: OwnerView; secret: string }) {
  const { t, lang } = useWords()
  const [busy, setBusy] = useState(false)
  const [link, setLink] = useState<string>()
  const [refused, setRefused] = useState<string>()
  if (!bill || (!payment && !may.pay)) return null
  const ask = async () => {
    setBusy(true)
    setRefused(undefined)
    try {
      setLink((await call('POST /api/t/:secret/bill/pay', { secret }, {})).link)
    } catch (problem) {
      setRefused(problem instanceof ApiError && problem.status ? problem.message : t('common.offline'))
    } finally {
      setBusy(false)
    }
  }
  return (
    <section>
      {payment && (
        <Notice kind={payment.state === 'failed' ? 'refused' : may.pay ? 'changed' : 'good'}>
          {t(`card.payment.${payment.state}`)}
        </Notice>
      )}
      {refused && <Notice kind="refused">{refused}</Notice>}
      {may.pay && !link && (
        <Button look="main" disabled={busy} onClick={() => void ask()}>
          {t('card.pay', { price: money(bill.totalCents, lang, bill.currency) })}
        </Button>
      )}
      {/* Whoever takes the money is not told where this page is. */}
      {may.pay && link && (
        <a class="button" data-look="main" href={link} target="_blank" rel="noopener noreferrer">
          {t('card.payThere')}
        </a>
      )}
    </section>
  )
}
