import { QueryClient, useQuery } from '@tanstack/react-query'
import type {
  Alert,
  Appliance,
  CycleRow,
  Depot,
  Engineer,
  FeatureRow,
  HealthRow,
  HealthStatus,
  IngestCounters,
  LatestReading,
  Notice,
  Series,
  Slot,
  Text,
} from '../../../core/index.ts'
import type { Scoreboard, TicketView } from '../../../service/index.ts'

export type { Alert, CycleRow, Depot, FeatureRow, Scoreboard, Series, Slot, Text }
export type Ticket = TicketView
export type ApplianceView = Appliance & {
  online: boolean
  status: HealthStatus
  health: number
  lastReading: LatestReading | null
  alerts: string[]
  tickets: string[]
}
export type ApplianceDetail = ApplianceView & Pick<HealthRow, 'because' | 'missing'> & { firstHeardAt?: number }
export type EngineerView = Engineer & { openJobs: number; isolated?: string }
export type NoticeView = Notice & { readAt?: number }
export interface Fleet {
  now: number
  total: number
  counts: Partial<Record<HealthStatus, number>>
  openTickets: number
  oldestUnscoredMs: number
  readingsPerSecond: number
  cells?: { id: string; kind: string; model: string; status: HealthStatus; health: number; online: boolean }[]
  groups?: { kind: string; model: string; count: number; affected: number }[]
}
export interface MetricSpec {
  unit: string
  plausible: [number, number]
  text: Text
  covariate: boolean
}
export interface ModeSpec {
  text: Text
  owner: Text
  functionalFailure: Text
  severity: string
  parts: Record<string, number>
  difficulty: number
  minutes: number
}
export interface KindView {
  kind: string
  name: Text
  cadenceSeconds: number
  metrics: Record<string, MetricSpec>
  metricNames: string[]
  states: Record<string, string[] | 'text'>
  failureModes: Record<string, ModeSpec>
  parts: Record<string, { text: Text; priceCents: number }>
  detection?: { features?: Record<string, { text: Text; unit: string; scale?: string }> }
}
export interface CatalogView {
  items: KindView[]
  any: Record<string, ModeSpec>
}
export type IngestView = IngestCounters & {
  oldestUnscoredMs: number
  held: number
  journalEnd: number
  storedUpTo: number
  decidedUpTo: number
  waitingBytes: number
  readingsPerSecond: number
}
export interface SimulatorView {
  appliances: number
  speed: number
  paused: boolean
  now: number
  lapse?: { from: number; to: number; progress: number }
}
export interface SimulatedFault {
  appliance: string
  failureMode: string
  onset: number
  functionalFailureAt: number
  shape: string
  severity?: number
  repairedAt?: number
}
export interface Paged<T> {
  items: T[]
  next?: string
}

/** A refusal of the API: what is wrong, and what to do. */
export class ApiError extends Error {
  readonly status: number
  readonly remedy: string
  constructor(status: number, message: string, remedy: string) {
    super(message)
    this.status = status
    this.remedy = remedy
  }
}

export async function call<T>(path: string, method = 'GET', body?: unknown): Promise<T> {
  const response = await fetch(path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  }).catch(() => {
    throw new ApiError(0, 'offline', 'offline')
  })
  if (response.ok) return (await response.json()) as T
  const problem = (await response.json().catch(() => ({}))) as { title?: string; detail?: string }
  throw new ApiError(response.status, problem.title ?? response.statusText, problem.detail ?? '')
}

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
})

/** One call, kept fresh; the path is its key. */
export const useCall = <T>(path: string | null, every?: number) =>
  useQuery<T>({
    queryKey: [path],
    queryFn: () => call<T>(path as string),
    enabled: path !== null,
    placeholderData: (before) => before,
    ...(every ? { refetchInterval: every } : {}),
  })

export const useCatalog = () =>
  useQuery<CatalogView>({
    queryKey: ['/api/catalog'],
    queryFn: () => call('/api/catalog'),
    staleTime: Number.POSITIVE_INFINITY,
  })
