import { hash64, type Millis } from '../../core/index.ts'

export const paymentStates = ['asked', 'paid', 'failed', 'refunded', 'voucher-used'] as const
export type PaymentState = (typeof paymentStates)[number]

/** How it stands with the money of one bill. Its amount is in the minor unit of its currency (ISO 4217): 4900 is 49.00 EUR, or 4,900 JPY. */
export interface Payment {
  readonly bill: string
  readonly state: PaymentState
  readonly amount: number
  readonly currency: string
  readonly at: Millis
}

const next: Record<PaymentState, readonly PaymentState[]> = {
  asked: ['paid', 'failed', 'voucher-used'],
  failed: ['asked', 'paid', 'voucher-used'],
  paid: ['refunded'],
  'voucher-used': ['refunded'],
  refunded: [],
}

/** Hundredths, in which bills are kept, in the minor unit of a currency: the yen has none, the dinar of Bahrain thousandths. Pure. */
export function minorOf(cents: number, currency: string): number {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
  return Math.round((cents / 100) * 10 ** maximumFractionDigits)
}

/** May it become `to`? The first is to be asked for. Pure. */
export const mayBecome = (from: PaymentState | undefined, to: PaymentState): boolean =>
  from === undefined ? to === 'asked' : next[from].includes(to)

/** Is there something left that its owner could pay? */
export const isOpen = (state: PaymentState | undefined): boolean =>
  state === undefined || state === 'asked' || state === 'failed'

/** A ticket that was opened again has another bill, by another id. Pure. */
export const billIdOf = ({
  id,
  closure: { found },
}: {
  readonly id: string
  readonly closure: { readonly found?: { readonly at: Millis } | undefined }
}): string => `bill-${hash64(`${id}/${found?.at ?? 0}`)}`
