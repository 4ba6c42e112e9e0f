import type { Catalog } from '../../catalog/index.ts'
import type { Ticket } from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { StoredTicket } from '../tickets/storedTicket.ts'
import type { Cover, TariffCode } from './coverage.ts'

export type Bill = NonNullable<Ticket['bill']>
type BillLine = Bill['lines'][number]

/** What a job costs at the tariff, before anybody covers anything; integer cents. Pure. */
export function tariffLines(
  kind: string,
  cause: string,
  parts: string[],
  visited: boolean,
  catalog: Catalog,
  policy: Policy,
): BillLine[] {
  const lines: BillLine[] = []
  const line = (code: TariffCode, text: string, textZh: string, cents: number): void =>
    void lines.push({ code, text, textZh, cents })
  if (visited) {
    const { minutes } = catalog.failureMode(kind, cause === 'none' ? 'unknown' : cause)
    line('call-out', 'Call-out', '上门费', policy.callOutCents)
    line(
      'labour',
      `Labour, ${minutes} min`,
      `工时费，${minutes} 分钟`,
      Math.round((policy.labourCentsPerHour * minutes) / 60),
    )
  }
  for (const part of parts) {
    const known = catalog.kind(kind).parts[part]
    line('part', known?.text.en ?? part, known?.text.zh ?? part, known?.priceCents ?? 0)
  }
  return lines
}

/** The tariff's lines, and below them what somebody else pays of each, with the clause. The total is their sum. Pure. */
export function billOf(lines: BillLine[], covers: Cover[]): Bill {
  const covered = lines.flatMap((line, i): BillLine[] => {
    const cover = covers.find((one) => one.covers.includes(line.code as TariffCode))
    if (!cover || line.cents === 0) return []
    return [
      {
        code: 'covered',
        text: `${cover.clause.en}: ${line.text}`,
        textZh: `${cover.clause.zh}：${line.textZh}`,
        cents: -line.cents,
        covers: i,
        clause: cover.clause,
      },
    ]
  })
  const all = [...lines, ...covered]
  return { lines: all, totalCents: all.reduce((sum, { cents }) => sum + cents, 0) }
}

export const billFor = (ticket: StoredTicket, covers: Cover[], catalog: Catalog, policy: Policy): Bill =>
  billOf(
    tariffLines(
      ticket.kind,
      ticket.closure?.cause ?? 'unknown',
      ticket.closure?.parts ?? [],
      ticket.visit !== undefined,
      catalog,
      policy,
    ),
    covers,
  )

/** What it costs at most, said before anybody comes: the kit as foreseen, less what is covered already. */
export const quoteFor = (ticket: StoredTicket, covers: Cover[], catalog: Catalog, policy: Policy): Bill =>
  billOf(
    tariffLines(
      ticket.kind,
      ticket.failureMode ?? 'unknown',
      ticket.kit.map(({ part }) => part),
      true,
      catalog,
      policy,
    ),
    covers,
  )
