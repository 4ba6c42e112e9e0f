import { type Appliance, type Millis, newSecret, Problem } from '../../core/index.ts'
import { yearsLater, zoneOf } from '../calendar/workCalendar.ts'
import { leanTickets } from '../tickets/store/ticketRepository.ts'
import type { Ticket } from '../tickets/ticket.ts'
import type { TicketServiceOptions } from '../tickets/ticketServiceOptions.ts'
import { quoteFor } from './bill.ts'
import type { Bill } from './billLine.ts'
import { type Contract, contractsOf, coversOf } from './coverage.ts'

export interface Warranty {
  appliance: string
  /** The maker's own; absent where nobody knows since when it runs. */
  makers?: { from: Millis; until: Millis; inForce: boolean }
  contracts: (Contract & { inForce: boolean })[]
  inForce: boolean
  /** Every part that was fitted, the newest first. */
  partsFitted: { part: string; at: Millis; ticket: string; number: string }[]
}

export interface WarrantyService {
  /** @throws Problem `unknown-plan` */
  sellContract(appliance: Appliance, plan: string, years: number, by: string): Promise<Contract>
  warrantyOf(appliance: Appliance): Promise<Warranty>
  /** What the visit costs at most, line by line, with who pays. */
  quote(ticket: Ticket): Promise<Bill>
}

export function warrantyService(options: TicketServiceOptions): WarrantyService {
  const { catalog, clock, database, policies } = options
  return {
    async sellContract(appliance, plan, years, by) {
      const { plans } = policies.live
      const terms = plans.find(({ id }) => id === plan)
      if (!terms) {
        throw new Problem({
          code: 'unknown-plan',
          message: `There is no plan '${plan}'.`,
          remedy: `Use one of: ${plans.map(({ id }) => id).join(', ')}.`,
          status: 422,
        })
      }
      const running = (await contractsOf(database.query, appliance.id)).filter((one) => one.plan === plan)
      const now = clock.now()
      // A renewal begins where the running one ends.
      const validFrom = Math.max(now, ...running.map(({ validUntil }) => validUntil))
      const contract: Contract = {
        id: `ct-${newSecret().slice(0, 16)}`,
        appliance: appliance.id,
        plan,
        validFrom,
        validUntil: yearsLater(validFrom, years, zoneOf(appliance, policies.live)),
        terms,
      }
      const { terms: body, ...row } = contract
      await database.transaction((tx) =>
        tx
          .insertInto('contract')
          .values({ ...row, by, body: JSON.stringify(body) })
          .execute(),
      )
      return contract
    },
    async warrantyOf(appliance) {
      const now = clock.now()
      const { id, installedAt } = appliance
      const zone = zoneOf(appliance, policies.live)
      const until = installedAt === undefined ? undefined : yearsLater(installedAt, policies.live.warrantyYears, zone)
      const makers =
        installedAt === undefined || until === undefined
          ? undefined
          : { from: installedAt, until, inForce: now < until }
      const contracts = (await contractsOf(database.query, id)).map((contract) => ({
        ...contract,
        inForce: contract.validFrom <= now && now < contract.validUntil,
      }))
      const closed = await leanTickets(database.query, {
        appliance: id,
        isClosed: true,
        order: ['closedAt'],
        newestFirst: true,
      })
      return {
        appliance: id,
        ...(makers ? { makers } : {}),
        contracts,
        inForce: makers?.inForce === true || contracts.some(({ inForce }) => inForce),
        partsFitted: closed.flatMap(({ id: ticket, number, closure }) =>
          (closure?.parts ?? []).map((part) => ({ part, at: closure?.at ?? 0, ticket, number })),
        ),
      }
    },
    async quote(ticket) {
      const rules = policies.rulesOf(ticket)
      const appliance = options.appliance(ticket.appliance)
      const contracts = await contractsOf(database.query, ticket.appliance)
      return quoteFor(ticket, coversOf(ticket, appliance, contracts, rules, clock.now()), catalog, rules)
    },
  }
}
