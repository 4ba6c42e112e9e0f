import { Problem } from '../../core/index.ts'

export const alreadyClosed = (id: string): Problem =>
  new Problem({
    code: 'alert-closed',
    message: `Alert ${id} is closed.`,
    remedy: 'Nothing of it comes to anybody any more; mark the one that stands.',
    concerns: id,
    status: 409,
  })
export const nothingToMark = (ticket: string): Problem =>
  new Problem({
    code: 'nothing-to-mark',
    message: `Ticket ${ticket} stands on no alert any more.`,
    remedy: 'Cancel or close it with a reason.',
    concerns: ticket,
    status: 409,
  })
export const notHeld = (id: string): Problem =>
  new Problem({
    code: 'not-held',
    message: `Nothing holds alert ${id} back.`,
    remedy: 'It has opened by itself, or is over.',
    concerns: id,
    status: 409,
  })
export const standsAlready = (id: string, other: string): Problem =>
  new Problem({
    code: 'stands-already',
    message: `Alert ${other} says the same of this appliance already.`,
    remedy: `See alert ${other}.`,
    concerns: id,
    status: 409,
  })
