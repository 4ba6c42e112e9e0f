import type { CommandQueue } from '../core/index.ts'
import type { Commands, TicketService, TicketView } from '../service/index.ts'

/**
 * The commands as the broker asks for them. Until the world's time is known nothing goes down, because what has expired
 * must not; and what appliances answer waits, as does its PUBACK.
 * @param timeKnown resolves when the world's clock stands where it stood; gives what is told of a ticket that changed
 */
export function commandLine(
  commands: Pick<Commands, 'waiting' | 'remainingMs' | 'onQueued' | 'delivered' | 'awaited'>,
  desk: Pick<TicketService, 'commandAnswered'>,
  timeKnown: Promise<(ticket: TicketView) => void>,
): CommandQueue {
  let isKnown = false
  void timeKnown.then(() => {
    isKnown = true
  })
  return {
    waiting: (appliance) => (isKnown ? commands.waiting(appliance) : []),
    remainingMs: commands.remainingMs,
    onQueued(listener) {
      commands.onQueued(listener)
      void timeKnown.then(() => {
        for (const appliance of commands.awaited()) listener(appliance)
      })
    },
    delivered: commands.delivered,
    async answered(ack) {
      const tell = await timeKnown
      // What an appliance answers to a command may be the end of a repair.
      const ticket = await desk.commandAnswered(ack)
      if (ticket) tell(ticket)
    },
  }
}
