import { QueryClient, skipToken, useQuery } from '@tanstack/react-query'
import type { Text } from '../../../core/index.ts'
import type { Answer, Call } from '../../api/answers/index.ts'
import { ApiError, type AskedOf, addressOf, type Change, call, type Question } from './call.ts'

export type { Answer, AskedOf, Call, Change, Text }
export { ApiError, addressOf, call }

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
