import { because, localDay, Problem, type TicketId, ticketCan } from '../../core/index.ts'
import { zoneOf } from '../calendar/workCalendar.ts'
import { engineerOf } from '../crew/people.ts'
import { ownerTold } from '../registry/ownerTold.ts'
import { loadTicket } from '../tickets/store/ticketRepository.ts'
import type { TicketServiceOptions } from '../tickets/ticketServiceOptions.ts'

export interface OnTheWay {
  /**
   * The engineer has set out: the owner is told, once a day; the ticket stands where it is.
   * @returns whether there is an owner to tell @throws Problem `illegal-move` where no visit is planned
   */
  onTheWay(id: TicketId): Promise<{ told: boolean }>
}

type Options = Pick<TicketServiceOptions, 'announcer' | 'appliance' | 'clock' | 'database' | 'policy' | 'render'>

export const onTheWayService = (options: Options): OnTheWay => ({
  async onTheWay(id) {
    const { announcer, clock, database, policy, render } = options
    const ticket = await loadTicket(database.query, id)
    if (!ticketCan(ticket.state, 'start')) throw nobodySetsOut(id, ticket.state)
    const appliance = options.appliance(ticket.appliance)
    const { owner } = appliance
    if (!owner) return { told: false }
    const { engineer = '' } = ticket.plan
    const name = (await engineerOf(database.query, engineer))?.name ?? ''
    const now = clock.now()
    await database.transaction((tx) =>
      announcer.announce(tx, {
        key: `${id}/on-the-way/${localDay(now, zoneOf(appliance, policy))}/owner`,
        to: ownerTold(owner, appliance, policy),
        title: render(because('on-the-way-title')),
        body: render(because('on-the-way', { engineer: name })),
        at: now,
        ticket: id,
        appliance: ticket.appliance,
        ownersPage: id,
      }),
    )
    return { told: true }
  },
})

const nobodySetsOut = (id: string, state: string): Problem =>
  new Problem({
    code: 'illegal-move',
    message: `Ticket ${id} is ${state}: nobody sets out for it now.`,
    remedy: 'Set out for a job that is planned.',
    concerns: id,
    status: 409,
  })
