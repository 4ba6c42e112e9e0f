import { QueryClient, skipToken, useQuery } from '@tanstack/react-query'
import type { Text } from '../../../core/index.ts'
import type { Answer, Call } from '../../api/answers/index.ts'

export type { Answer, Call, Text }

/** Who is signed in, and what they may. */
export type SessionView = Answer<'GET /api/session'>
export type Alert = Answer<'GET /api/alerts'>['items'][number]
export type CohortNotice = Answer<'GET /api/cohorts/:id'>
export type SimilarCase = Answer<'GET /api/alerts/:id'>['similar'][number]
export type Weighed = NonNullable<Answer<'GET /api/alerts/:id'>['weighed']>
export type Ticket = Answer<'GET /api/tickets/:id'>
export type Slot = NonNullable<Ticket['slot']>
/** What a state of a ticket allows and means. */
export type TicketStateView = Answer<'GET /api/tickets/states'>['items'][number]
export type DispatchBoard = Answer<'GET /api/dispatch'>
export type BoardJob = DispatchBoard['engineers'][number]['jobs'][number]
export type EngineerView = Answer<'GET /api/engineers'>['items'][number]
export type Article = Answer<'GET /api/articles'>['items'][number]
export type Outlet = Answer<'GET /api/outlets'>['items'][number]
export type Depot = Answer<'GET /api/depots'>['items'][number]
/** What the owner's page is told. */
export type OwnerView = Answer<'GET /api/t/:secret'>
export type ApplianceView = Answer<'GET /api/appliances'>['items'][number]
export type Unheard = NonNullable<ApplianceView['unheard']>
export type ApplianceDetail = Answer<'GET /api/appliances/:id'>
export type HealthStatus = ApplianceView['status']
export type Series = Answer<'GET /api/appliances/:id/telemetry'>
export type FeatureRow = Answer<'GET /api/appliances/:id/features'>['items'][number]
export type CycleRow = Answer<'GET /api/appliances/:id/cycles'>['items'][number]
/** A burst of raw samples, as it is drawn. */
export type BurstRow = Answer<'GET /api/appliances/:id/bursts'>['items'][number]
/** Something that publishes in a format of its own. */
export type HeardDevice = Answer<'GET /api/mapping'>['devices'][number]
export type Fleet = Answer<'GET /api/fleet'>
export type Scoreboard = Answer<'GET /api/scoreboard'>
export type ScoreSlice = Answer<'GET /api/scoreboard/slices'>['items'][number]
export type SliceKey = Answer<'GET /api/scoreboard/slices'>['by']
/** Which models judge, which are offered, how both fare, and whether their inputs are still what they were. */
export type ModelsView = Answer<'GET /api/models'>
export type KindDrift = ModelsView['drift'][number]
export type IngestView = Answer<'GET /api/ingest'>
export type SimulatorView = Answer<'GET /api/simulator'>
export type SimulatedFault = Answer<'POST /api/simulator/faults'>

/** A refusal of the API: what is wrong, and what to do. */
export class ApiError extends Error {
  readonly status: number
  readonly remedy: string
  readonly code: string
  constructor(status: number, message: string, remedy: string, code = '') {
    super(message)
    this.code = code
    this.status = status
    this.remedy = remedy
  }
}

/** What stands in a call's path, by name, and what is asked besides; what is undefined is left out. */
type Asked = Readonly<Record<string, string | number | boolean | undefined>>
type Names<C extends string> = C extends `${string}:${infer Name}/${infer Rest}`
  ? Name | Names<Rest>
  : C extends `${string}:${infer Name}`
    ? Name
    : never
/** What a call asks for: the names of its path must be given. */
export type AskedOf<C extends Call> = Asked & { readonly [Name in Names<C>]: string }
type Question = Extract<Call, `GET ${string}`>
export type Change = Exclude<Call, Question>

/** Where a call goes: its path and its query. */
export function addressOf(call: Call, asked: Asked): string {
  const segments = call.slice(call.indexOf(' ') + 1).split('/')
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(asked))
    if (value !== undefined && !segments.includes(`:${name}`)) query.set(name, String(value))
  const path = segments.map((one) => (one.startsWith(':') ? encodeURIComponent(String(asked[one.slice(1)])) : one))
  return path.join('/') + (query.size > 0 ? `?${query}` : '')
}

/**
 * The one place where an answer gets its type: that of the table which the server itself is held to.
 * @throws ApiError where it is refused, or nobody answers
 */
export async function call<C extends Call>(
  what: C,
  asked: AskedOf<C>,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer<C>> {
  const response = await fetch(addressOf(what, asked), {
    method: what.slice(0, what.indexOf(' ')),
    ...(body === undefined
      ? { headers }
      : body instanceof Blob
        ? { body, headers: { ...headers, 'content-type': 'text/csv' } }
        : { body: JSON.stringify(body), headers: { ...headers, 'content-type': 'application/json' } }),
  }).catch(() => {
    throw new ApiError(0, 'offline', 'offline')
  })
  if (response.ok) return response.json()
  const problem: { title?: string; detail?: string; code?: string } = await response.json().catch(() => ({}))
  throw new ApiError(response.status, problem.title ?? response.statusText, problem.detail ?? '', problem.code)
}

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // Whether the network is there is found out by asking: what was kept is shown meanwhile.
      networkMode: 'always',
      staleTime: 2_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
})

/** One question, kept fresh; where it goes is its key. With null nothing is asked yet. */
export const useCall = <C extends Question>(what: C, asked: AskedOf<C> | null, every?: number) =>
  useQuery<Answer<C>>({
    queryKey: [asked && addressOf(what, asked)],
    queryFn: asked ? () => call(what, asked) : skipToken,
    placeholderData: (before) => before,
    ...(every ? { refetchInterval: every } : {}),
  })

export const useCatalog = () =>
  useQuery({
    queryKey: ['/api/catalog'],
    queryFn: () => call('GET /api/catalog', {}),
    staleTime: Number.POSITIVE_INFINITY,
  })
