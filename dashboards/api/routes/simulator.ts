import { z } from 'zod'
import { instantSchema, Problem } from '../../../core/index.ts'
import { answers } from '../answers/index.ts'
import type { ApiContext, SimulatorControl } from '../apiContext.ts'
import type { Api } from '../app.ts'

export function simulatorRoutes(
  app: Api,
  { simulator, registry, catalog }: Pick<ApiContext, 'simulator' | 'registry' | 'catalog'>,
): void {
  function running(): SimulatorControl {
    if (simulator) return simulator
    throw new Problem({
      code: 'no-simulator',
      message: 'This is the real world: nothing is simulated.',
      remedy: 'Start with SIMULATE above 0 to run the simulated one.',
      status: 409,
    })
  }
  app.get(
    '/api/simulator',
    {
      schema: { summary: 'The simulated world', tags: ['simulator'], response: { 200: answers['GET /api/simulator'] } },
    },
    async () => (simulator ? simulator.status() : { appliances: 0, speed: 0, paused: true, now: 0 }),
  )
  app.patch(
    '/api/simulator',
    {
      schema: {
        summary: 'Speed, pause, or run up to a moment',
        tags: ['simulator'],
        body: z.object({
          speed: z.number().min(0).max(1_000_000).optional(),
          paused: z.boolean().optional(),
          until: z.union([instantSchema, z.literal('next-event')]).optional(),
        }),
        response: { 200: answers['PATCH /api/simulator'] },
      },
    },
    async ({ body }) => {
      await running().set(body)
      return running().status()
    },
  )
  app.get(
    '/api/simulator/faults',
    {
      // Who only looks sees what detection sees; the truth is for those who break appliances, and compare.
      schema: {
        summary: 'The truth so far',
        tags: ['simulator'],
        response: { 200: answers['GET /api/simulator/faults'] },
      },
    },
    async () => ({ items: simulator ? await simulator.faults() : [] }),
  )
  app.post(
    '/api/simulator/faults',
    {
      schema: {
        summary: 'Break one appliance',
        tags: ['simulator'],
        body: z.object({
          appliance: z.string(),
          failureMode: z.string(),
          days: z.number().positive().max(400).optional(),
          shape: z.enum(['linear', 'exponential', 'power', 'step', 'intermittent']).optional(),
        }),
        response: { 201: answers['POST /api/simulator/faults'] },
      },
    },
    async ({ body }, reply) => {
      const { kind } = registry.get(body.appliance)
      const modes = Object.keys(catalog.kind(kind).failureModes)
      if (!modes.includes(body.failureMode)) {
        throw new Problem({
          code: 'unknown-failure-mode',
          message: `A ${kind} has no failure mode '${body.failureMode}'.`,
          remedy: `Use one of ${modes.join(', ')}.`,
          status: 422,
        })
      }
      return reply.code(201).send(await running().inject(body))
    },
  )
}
