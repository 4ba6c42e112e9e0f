import { z } from 'zod'
import { alertIdSchema, engineerIdSchema, ticketIdSchema } from '../../core/index.ts'

/** What a path names, as the id that it is: a ticket, an alert, an engineer. */
export const ticketParams = z.object({ id: ticketIdSchema })
export const alertParams = z.object({ id: alertIdSchema })
export const engineerParams = z.object({ id: engineerIdSchema })
