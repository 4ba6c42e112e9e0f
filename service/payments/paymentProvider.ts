/** What somebody who takes money is asked for. No word of it says who the owner is. */
export interface PaymentAsked {
  /** The bill's id: asked twice with the same one, it is one payment. */
  bill: string
  /** In the minor unit of the currency. */
  amount: number
  /** ISO 4217 */
  currency: string
  /** Number of the ticket, as the owner knows it. */
  number: string
  language: string
  /** Where its states are told. The owner's own page is a secret of theirs: nobody is told where it is. */
  notify: string
}

/** Somebody who takes money: by card, by an app, by voucher. */
export interface PaymentProvider {
  /** Asks for a payment. @returns the address where it is paid @throws Problem `payment-unavailable`, retryable; `payment-refused` */
  ask(asked: PaymentAsked): Promise<{ link: string }>
  /** Is it they who say so, and lately? @param header `t=MS,v1=HEX` of HMAC-SHA256 over `MS.body` */
  isSigned(header: string | undefined, body: string): boolean
}
