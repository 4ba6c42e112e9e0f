import type { Catalog } from '../../catalog/index.ts'
import { because, inLanguages, type Render, sameText } from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { Ticket } from '../tickets/ticket.ts'
import type { Bill, BillLine } from './billLine.ts'
import { jobTypeFor } from './checklist.ts'
import type { Cover } from './coverage.ts'

/** What a job costs at the tariff, before anybody covers anything. Pure. */
export function tariffLines(
  kind: string,
  cause: string,
  parts: readonly string[],
  visited: boolean,
  catalog: Catalog,
  policy: Policy,
  job?: Policy['jobTypes'][number],
): BillLine[] {
  const lines: BillLine[] = []
  if (visited && job) {
    lines.push({ code: 'call-out', what: because('line-call-out'), cents: policy.callOutCents })
    const cents = Math.round(job.cents * policy.priceFactor)
    lines.push({ code: 'labour', what: because('line-job', { job: job.text, minutes: job.minutes }), cents })
  } else if (visited) {
    const { minutes } = catalog.failureMode(kind, cause === 'none' ? 'unknown' : cause)
    const cents = Math.round((policy.labourCentsPerHour * minutes) / 60)
    lines.push({ code: 'call-out', what: because('line-call-out'), cents: policy.callOutCents })
    lines.push({ code: 'labour', what: because('line-labour', { minutes }), cents })
  }
  for (const part of parts) {
    const known = catalog.kind(kind).parts[part]
    const text = known?.text ?? sameText(part)
    lines.push({
      code: 'part',
      what: because('line-part', { part: text }),
      cents: Math.round((known?.priceCents ?? 0) * policy.priceFactor),
    })
  }
  return lines
}

/** The tariff's lines, and below them what somebody else pays of each, with the clause. The total is their sum. Pure. */
export function billOf(lines: readonly BillLine[], covers: readonly Cover[], { currency, taxPercent }: Policy): Bill {
  const covered = lines.flatMap((line, i): BillLine[] => {
    const cover = covers.find((one) => one.covers.some((code) => code === line.code))
    if (!cover || line.cents === 0) return []
    const { clause } = cover
    const what = because('line-covered', { clause, line: line.what })
    return [{ code: 'covered', what, cents: -line.cents, covers: i, clause }]
  })
  const all = [...lines, ...covered]
  const totalCents = all.reduce((sum, { cents }) => sum + cents, 0)
  const taxCents = Math.round((totalCents * taxPercent) / (100 + taxPercent))
  return { lines: all, totalCents, currency, ...(taxPercent > 0 ? { taxCents } : {}) }
}

/** A bill as people read it. */
export const billInWords = ({ lines, totalCents, currency = 'EUR', taxCents }: Bill, render: Render) => ({
  lines: lines.map(({ what, clause, ...line }) => {
    const said = render(what)
    const text = inLanguages('text', (language) => said[language])
    return { ...line, ...text, ...(clause ? { clause: render(clause) } : {}) }
  }),
  totalCents,
  currency,
  ...(taxCents === undefined ? {} : { taxCents }),
})

export const billFor = (ticket: Ticket, covers: readonly Cover[], catalog: Catalog, policy: Policy): Bill =>
  billOf(
    tariffLines(
      ticket.kind,
      ticket.closure.found?.cause ?? 'unknown',
      ticket.closure.found?.parts ?? [],
      ticket.visit.times !== undefined,
      catalog,
      policy,
      jobTypeFor(ticket.job, policy),
    ),
    covers,
    policy,
  )

/** What it costs at most, said before anybody comes: the kit as foreseen, less what is covered already. */
export const quoteFor = (ticket: Ticket, covers: readonly Cover[], catalog: Catalog, policy: Policy): Bill =>
  billOf(
    tariffLines(
      ticket.kind,
      ticket.finding.failureMode ?? 'unknown',
      ticket.plan.kit.map(({ part }) => part),
      true,
      catalog,
      policy,
      jobTypeFor(ticket.job, policy),
    ),
    covers,
    policy,
  )
