/** An amount in the minor unit of its currency, for people. */
export const amountIn =
  (locale: string) =>
  (amount: number, currency: string): string => {
    const format = new Intl.NumberFormat(locale, { style: 'currency', currency })
    return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
  }
