import { type Appliance, DAY, type Millis, type Text, type UnitOfWork } from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { StoredTicket } from '../tickets/storedTicket.ts'

type Plan = Policy['plans'][number]
export type TariffCode = Plan['covers'][number]

export interface Contract {
  id: string
  appliance: string
  plan: string
  validFrom: Millis
  validUntil: Millis
  terms: Plan
}

/** Somebody else than the owner pays these kinds of lines, by this clause. */
export interface Cover {
  covers: TariffCode[]
  clause: Text
}

const everything: TariffCode[] = ['call-out', 'labour', 'part']

/**
 * Who pays what, the first that covers a line wins: who was wrong pays, a repair that did not last is made good, then the
 * maker's warranty (never accidents), then contracts. Pure.
 */
export function coversOf(
  ticket: Pick<StoredTicket, 'closure' | 'reopened' | 'recallOf' | 'owner' | 'source'>,
  appliance: Pick<Appliance, 'installedAt'>,
  contracts: Contract[],
  policy: Policy,
  at: Millis,
): Cover[] {
  const { closure } = ticket
  const covers: Cover[] = []
  const isAccident = closure?.accident === true
  if (closure?.verdict === 'refuted' || closure?.cause === 'none') {
    covers.push({ covers: everything, clause: { en: 'We were wrong: free of charge', zh: '判断有误：免费' } })
  }
  if (ticket.source === 'safety') {
    covers.push({
      covers: ['call-out'],
      clause: { en: 'A safety visit: no call-out is charged', zh: '安全上门：免上门费' },
    })
  }
  if (ticket.recallOf) {
    const days = policy.recallDays
    covers.push({
      covers: everything,
      clause: { en: `The same fault within ${days} days: free of charge`, zh: `${days} 天内同一故障：免费` },
    })
  } else if ((ticket.reopened ?? 0) > 0) {
    covers.push({
      covers: everything,
      clause: { en: 'Second repair of the same fault: free of charge', zh: '同一故障再次维修：免费' },
    })
  }
  const { installedAt } = appliance
  if (!isAccident && installedAt !== undefined && at < installedAt + policy.warrantyYears * 365 * DAY) {
    covers.push({
      covers: policy.warrantyCovers,
      clause: { en: `Warranty of ${policy.warrantyYears} years`, zh: `${policy.warrantyYears} 年保修` },
    })
  }
  for (const { terms, validFrom, validUntil } of contracts) {
    if (at < validFrom || at >= validUntil || (isAccident && !terms.accidents)) continue
    covers.push({ covers: terms.covers, clause: terms.clause })
  }
  // A tier that is covered for life needs no contract (S47).
  const lifetime = policy.plans.find(({ id }) => id === 'lifetime')
  if (lifetime && !isAccident && ticket.owner?.segment === 'vip') {
    covers.push({ covers: lifetime.covers, clause: lifetime.clause })
  }
  return covers
}

export async function contractsOf(db: Pick<UnitOfWork, 'selectFrom'>, appliance: string): Promise<Contract[]> {
  const rows = await db
    .selectFrom('contract')
    .selectAll()
    .where('appliance', '=', appliance)
    .orderBy('validFrom')
    .orderBy('id')
    .execute()
  return rows.map(({ id, plan, validFrom, validUntil, body }) => ({
    id,
    appliance,
    plan,
    validFrom,
    validUntil,
    terms: JSON.parse(body) as Plan,
  }))
}
