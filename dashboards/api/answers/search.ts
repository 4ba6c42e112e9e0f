import { z } from 'zod'
import { list } from './shared.ts'
import { ticketState } from './tickets.ts'

export const searchAnswers = {
  'GET /api/search': z.object({
    appliances: list(z.object({ id: z.string(), kind: z.string(), model: z.string(), of: z.string().optional() })),
    tickets: list(z.object({ id: z.string(), number: z.string(), appliance: z.string(), state: ticketState })),
    alerts: list(z.object({ id: z.string(), appliance: z.string(), kind: z.string(), failureMode: z.string() })),
    people: list(z.object({ id: z.string(), name: z.string(), grade: z.string() })),
    modes: list(z.object({ kind: z.string(), mode: z.string() })),
  }),
}
