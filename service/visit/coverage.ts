import { type Appliance, because, DAY, type Millis, type Reason, type UnitOfWork } from '../../core/index.ts'
import { jsonColumn, readable } from '../../database/index.ts'
import { yearsLater, zoneOf } from '../calendar/workCalendar.ts'
import { type Policy, policySchema } from '../policy/policySchema.ts'
import type { Ticket } from '../tickets/ticket.ts'
import type { TariffCode } from './billLine.ts'
import { jobTypeFor } from './checklist.ts'

type Plan = Policy['plans'][number]
/** The plan as it was when it was signed. */
const terms = jsonColumn('contract', 'body', policySchema.shape.plans.element)

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
  clause: Reason
}

const everything: TariffCode[] = ['call-out', 'labour', 'part']

/**
 * Who pays what, the first that covers a line wins: who was wrong pays, a repair that did not last is made good, then the
 * maker's warranty (never accidents), then contracts. Pure.
 */
export function coversOf(
  ticket: Pick<Ticket, 'closure' | 'owner' | 'source' | 'job'>,
  appliance: Pick<Appliance, 'installedAt' | 'location' | 'timeZone'>,
  contracts: readonly Contract[],
  policy: Policy,
  at: Millis,
): Cover[] {
  // A clean or a design is ordered: nothing was broken that anybody would make good.
  if (jobTypeFor(ticket.job, policy)) return []
  const { found, recallOf, repaired } = ticket.closure
  const covers: Cover[] = []
  const isAccident = found?.accident === true
  if (found?.verdict === 'refuted' || found?.cause === 'none') {
    covers.push({ covers: everything, clause: because('clause-we-were-wrong') })
  }
  if (ticket.source === 'safety') {
    covers.push({
      covers: ['call-out'],
      clause: because('clause-safety'),
    })
  }
  if (recallOf) {
    const days = policy.recallDays
    covers.push({
      covers: everything,
      clause: because('clause-recall', { days }),
    })
  } else if (repaired && isSameRepair(repaired, found, policy)) {
    covers.push({
      covers: everything,
      clause: because('clause-second-repair'),
    })
  }
  const { installedAt } = appliance
  const warranted =
    installedAt !== undefined && at < yearsLater(installedAt, policy.warrantyYears, zoneOf(appliance, policy))
  if (!isAccident && warranted) {
    covers.push({
      covers: policy.warrantyCovers,
      clause: because('clause-warranty', { years: policy.warrantyYears }),
    })
  }
  for (const { terms, validFrom, validUntil } of contracts) {
    if (at < validFrom || at >= validUntil || (isAccident && !terms.accidents)) continue
    covers.push({ covers: terms.covers, clause: because('text', { text: terms.clause }) })
  }
  // A tier that is covered for life needs no contract (S47).
  const lifetime = policy.plans.find(({ id }) => id === 'lifetime')
  if (lifetime && !isAccident && ticket.owner?.segment === 'vip') {
    covers.push({ covers: lifetime.covers, clause: because('text', { text: lifetime.clause }) })
  }
  return covers
}

/** A repair is made good when the same fault is back within the days of a recall; before it is known, it is taken to be. */
const isSameRepair = (
  { cause, at, reopenedAt }: NonNullable<Ticket['closure']['repaired']>,
  found: Ticket['closure']['found'],
  { recallDays }: Pick<Policy, 'recallDays'>,
): boolean => {
  const again = found && found.at >= reopenedAt ? found.cause : cause
  return again === cause && reopenedAt - at < recallDays * DAY
}

export const contractsOf = (db: Pick<UnitOfWork, 'selectFrom'>, appliance: string): Promise<Contract[]> =>
  contractsOfAll(db, [appliance])

/** Of several appliances, in the order in which they begin. */
export async function contractsOfAll(
  db: Pick<UnitOfWork, 'selectFrom'>,
  appliances: readonly string[],
): Promise<Contract[]> {
  if (appliances.length === 0) return []
  const rows = await db
    .selectFrom('contract')
    .selectAll()
    .where('appliance', 'in', appliances)
    .orderBy('validFrom')
    .orderBy('id')
    .execute()
  return readable(rows, ({ id, appliance, plan, validFrom, validUntil, body }) => ({
    id,
    appliance,
    plan,
    validFrom,
    validUntil,
    terms: terms.read(body, id),
  }))
}
