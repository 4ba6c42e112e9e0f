import { type Location, type Millis, Problem, ticketStatesWhere } from '../../../../core/index.ts'
import { nextStep, startsAt, type TicketView } from '../../../../service/index.ts'
import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'
import { ticketParams } from '../../idParams.ts'
import { engineerInWords } from '../people.ts'

type MyContext = Pick<ApiContext, 'clock' | 'desk' | 'people' | 'registry'>

/** An engineer's own day: their jobs in the order of the day, what they may take, and how they stand. */
export function myRoutes(app: Api, context: MyContext): void {
  const { desk, people, registry, clock } = context
  app.get(
    '/api/my',
    {
      schema: {
        summary: 'My jobs of today and to come, in order; what I may take, and how I stand',
        tags: ['my'],
        response: { 200: answers['GET /api/my'] },
      },
    },
    async ({ account }) => {
      const id = account?.engineer ?? ''
      const me = (await people.engineers()).find((engineer) => engineer.id === id)
      if (!me) {
        throw new Problem({
          code: 'no-engineer',
          message: `This account is bound to '${id}', and there is no such engineer.`,
          remedy: 'Ask an administrator to bind it to an engineer of this installation.',
          concerns: 'engineer',
          status: 409,
        })
      }
      const day = (await desk.board(clock.now())).engineers.find((one) => one.id === id)
      const km = new Map(day?.jobs.map((job) => [job.ticket, job.km]))
      const jobs = await Promise.all(
        (await jobsOf(desk, id)).map(async (ticket) => ({
          ...jobOf(ticket, registry.get(ticket.appliance).location, km.get(ticket.id)),
          before: await casesBefore(desk, ticket),
          photos: await desk.photoNames(ticket.id),
        })),
      )
      const van = (await people.depots()).find((depot) => depot.id === me.depot)
      return {
        engineer: engineerInWords(me),
        now: clock.now(),
        km: day?.km ?? 0,
        jobs: jobs.toSorted((a, b) => (a.startsAt ?? Infinity) - (b.startsAt ?? Infinity) || (a.id < b.id ? -1 : 1)),
        open: (await desk.openJobs(me.id)).map(({ ticket, reasons }) => ({
          ...jobOf(ticket, registry.get(ticket.appliance).location),
          reasons,
        })),
        grabs: await desk.grabs({ engineer: me.id }),
        record: await desk.standing(me.id),
        // What there is to take: what is promised to others is not.
        ...(van ? { van: { id: van.id, stock: van.stock.filter(({ quantity }) => quantity > 0) } } : {}),
      }
    },
  )
  onTheWayRoute(app, context)
}

/** Tells the owner, once a day, that the engineer has set out; the ticket stands where it is. */
function onTheWayRoute(app: Api, { desk }: MyContext): void {
  app.post(
    '/api/tickets/:id/on-the-way',
    {
      schema: {
        summary: 'The engineer has set out: the owner is told, once a day',
        tags: ['visits'],
        params: ticketParams,
        response: { 200: answers['POST /api/tickets/:id/on-the-way'] },
      },
    },
    ({ params: { id } }) => desk.onTheWay(id),
  )
}

const UNDER_WAY = ticketStatesWhere('atHand').join()

/** Everything that is under way for somebody. The desk's lists are not sorted by person: all that is under way is read. */
async function jobsOf(desk: ApiContext['desk'], engineer: string): Promise<TicketView[]> {
  const own: TicketView[] = []
  let cursor: string | undefined
  do {
    const page = await desk.list({
      state: UNDER_WAY,
      limit: 1_000,
      ...(cursor === undefined ? {} : { cursor }),
    })
    own.push(...page.items.filter((ticket) => ticket.engineer === engineer))
    cursor = page.next
  } while (cursor !== undefined)
  return own
}

/** So many earlier cases of an appliance tell its story. */
const CASES_TOLD = 5
/** What was found there before, the newest first. */
async function casesBefore(desk: ApiContext['desk'], { id, appliance }: TicketView) {
  const { items } = await desk.list({ appliance, limit: CASES_TOLD + 1 })
  return items
    .filter((other) => other.id !== id)
    .slice(0, CASES_TOLD)
    .map(({ number, state, createdAt, closure }) => ({
      number,
      state,
      createdAt,
      ...(closure ? { cause: closure.cause, parts: closure.parts } : {}),
    }))
}

interface Job
  extends Pick<TicketView, 'id' | 'number' | 'appliance' | 'kind' | 'state' | 'minutes' | 'kit' | 'diagnosis'> {
  failureMode?: string | undefined
  slot?: TicketView['slot']
  timeZone: string
  startsAt?: Millis | undefined
  next?: ReturnType<typeof nextStep>
  location?: Location | undefined
  km?: number | undefined
}
function jobOf(ticket: TicketView, location: Location | undefined, km?: number): Job {
  const { id, number, appliance, kind, failureMode, state, slot, timeZone, minutes, kit, diagnosis } = ticket
  return {
    id,
    number,
    appliance,
    kind,
    failureMode,
    state,
    slot,
    timeZone,
    minutes,
    kit,
    diagnosis,
    startsAt: startsAt(ticket),
    next: nextStep(ticket),
    location,
    km,
  }
}
