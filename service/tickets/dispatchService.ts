import { type EngineerId, notFound, type Reason, type TicketId, ticketStatesWhere } from '../../core/index.ts'
import { engineersNow } from '../crew/people.ts'
import { type DispatchBoard, dispatchBoard } from '../dispatch/dispatchBoard.ts'
import { type GrabView, listGrabs, recordGrab } from '../dispatch/grabs.ts'
import { refusedNow } from '../dispatch/planning.ts'
import { type Move, weighMoves } from '../dispatch/weighMoves.ts'
import { readMeans } from './readMeans.ts'
import type { ticketRounds } from './rounds.ts'
import { leanTickets, loadTicket } from './store/ticketRepository.ts'
import type { ticketQueries } from './ticketQueries.ts'
import type { TicketServiceOptions } from './ticketServiceOptions.ts'
import type { TicketView } from './ticketView.ts'

export interface DispatchService {
  /** An engineer wants an open job; who gets it is decided when better ones had their chance. */
  grab(id: TicketId, engineer: EngineerId): Promise<GrabView>
  grabs(of: { ticket?: TicketId; engineer?: EngineerId }): Promise<GrabView[]>
  /** What an engineer may take now, the nearest first. */
  openJobs(engineer: EngineerId): Promise<{ ticket: TicketView; reasons: string[] }[]>
  board(at: number): Promise<DispatchBoard>
  /** What giving it to each engineer would bring about: the way, who becomes late, which parts lack; nothing is done. */
  moves(id: TicketId): Promise<Move[]>
}

/** Who wants which job, and who goes where. */
export function dispatchService(
  options: TicketServiceOptions,
  rounds: Pick<ReturnType<typeof ticketRounds>, 'jobIn'>,
  queries: Pick<ReturnType<typeof ticketQueries>, 'list'>,
): DispatchService {
  const { database, clock, policy, render } = options
  const grabs = (of: { ticket?: TicketId; engineer?: EngineerId }): Promise<GrabView[]> =>
    listGrabs(database, of, policy.grabSeconds * 1_000, render)
  return {
    grabs,
    async grab(id, engineer) {
      await database.transaction(async (tx) => {
        const ticket = await loadTicket(tx, id)
        const { engineers } = await readMeans(tx, options, { parts: [], around: [] })
        const person = engineers.find((known) => known.id === engineer)
        const refused: Reason | undefined = refusedNow({ ...rounds.jobIn(ticket), engineer: person?.id }, { engineers })
        await recordGrab(tx, clock, ticket, person, engineer, refused, render)
      })
      const [own] = await grabs({ ticket: id, engineer })
      if (!own) throw notFound('grab', id)
      return own
    },
    async openJobs(engineer) {
      const open = await queries.list({ state: ticketStatesWhere('grab').join(), limit: 1_000 })
      const jobs = open.items.flatMap((ticket) => {
        const own = ticket.candidates.find((candidate) => candidate.engineer === engineer)
        return own?.rank === undefined ? [] : [{ ticket, reasons: own.reasons, rank: own.rank }]
      })
      return jobs.sort((a, b) => a.rank - b.rank).map(({ rank: _, ...job }) => job)
    },
    async moves(id) {
      const ticket = await loadTicket(database.query, id)
      const { kit, slot } = ticket.plan
      const parts = kit.map(({ part }) => part)
      const means = await readMeans(database.query, options, { parts, around: slot ? [slot] : 'open' })
      return weighMoves(rounds.jobIn(ticket), means)
    },
    async board(at) {
      const all = await leanTickets(database.query, { states: ticketStatesWhere('onBoard'), order: ['id'] })
      const engineers = await engineersNow(database.query, { now: at, policy })
      return dispatchBoard(all, engineers, options.appliance, at, policy, render)
    },
  }
}
