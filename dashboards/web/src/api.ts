import { QueryClient, useQuery } from '@tanstack/react-query'
import type {
  Alert,
  Appliance,
  CohortNotice,
  CycleRow,
  Depot,
  DiskForecast,
  describeTicketStates,
  Engineer,
  FeatureRow,
  HealthRow,
  HealthStatus,
  IngestCounters,
  KindDrift,
  LatestReading,
  Notice,
  QuarantineReason,
  QuarantineUse,
  QuotaState,
  Series,
  Slot,
  Text,
  WrongClock,
} from '../../../core/index.ts'
import type {
  DispatchBoard,
  ModelsView as ModelsStand,
  ownerView,
  PartsService,
  Scoreboard,
  ScoreSlice,
  ShadowAlert,
  SimilarCase,
  SliceKey,
  TicketView,
  Weighed,
} from '../../../service/index.ts'
import type { Role } from '../../api/accounts/accountNames.ts'
import type { Action, Scope } from '../../api/permissions.ts'

export type {
  Alert,
  CohortNotice,
  CycleRow,
  Depot,
  DispatchBoard,
  FeatureRow,
  HealthStatus,
  KindDrift,
  Notice,
  Scoreboard,
  ScoreSlice,
  Series,
  ShadowAlert,
  SimilarCase,
  SliceKey,
  Slot,
  Text,
  Weighed,
}
/** Which models judge, which are offered, how both fare, and whether their inputs are still what they were. */
export type ModelsView = ModelsStand & {
  shadow: { set?: string; state: 'waiting' | 'running' | 'resting'; because?: string } | null
  drift: KindDrift[]
}
export type Ticket = TicketView
/** Who is signed in, and what they may. */
export interface SessionView {
  account: { id: string; name: string; roles: Role[]; engineer?: string } | null
  may: Partial<Record<Action, Scope>>
}
export type BoardJob = DispatchBoard['engineers'][number]['jobs'][number]
export type StockMove = Awaited<ReturnType<PartsService['ledger']>>['items'][number]
export type RestockLine = Awaited<ReturnType<PartsService['restock']>>[number]
/** What a state of a ticket allows and means. */
export type TicketStateView = ReturnType<typeof describeTicketStates>[number]
/** What the owner's page is told. */
export type OwnerView = ReturnType<typeof ownerView>
export type ApplianceView = Appliance & {
  online: boolean
  status: HealthStatus
  health: number
  lastReading: LatestReading | null
  alerts: string[]
  tickets: string[]
  /** No reading of it has ever counted. */
  unheard?: Unheard
}
export interface Unheard {
  why: 'refused' | 'wrong-topic' | 'says-nothing' | 'not-connected'
  topic?: string
  lastRefused?: { reason: string; detail: string; at: number; sample: string }
}
export type ApplianceDetail = ApplianceView &
  Pick<HealthRow, 'because' | 'missing' | 'neverCycles' | 'cutCycles'> & {
    firstHeardAt?: number
    /** Its own clock is wrong by so much, ms; behind below 0. */
    clockAheadMs?: number
    /** Topics below its own name that it publishes to and nobody knows. */
    misdirected: { topic: string; count: number; lastAt: number; from: string }[]
    /** What it may send within an hour and what it has sent, and what the quarantine keeps of it. */
    quota: QuotaState & { quarantine?: QuarantineUse }
    /** What it says that does not count. */
    heard: {
      droppedValues: {
        metric: string
        why:
          | 'null'
          | 'not-a-number'
          | 'not-finite'
          | 'sentinel'
          | 'too-long'
          | 'too-many'
          | 'not-a-text'
          | 'no-difference'
          | 'looks-like-total'
          | 'looks-like-unit'
        sample: string
        count: number
        lastAt: number
      }[]
      refusedInARow: number
      lastRefused?: { reason: string; detail: string; at: number; sample: string }
    }
    /** Why nothing is heard of it. */
    quiet?: {
      why: 'off' | 'outage' | 'silent' | 'gateway' | 'refused'
      since: number
      until?: number
      cohort?: string
      alert?: string
      gateway?: string
    }
    /** Its baselines are learned anew since then, and why. */
    learningSince?: HealthRow['learning']
  }
export interface CommandRecord {
  id: string
  type: string
  by: string
  createdAt: number
  expires: number
  state: 'queued' | 'delivered' | 'done' | 'refused' | 'failed' | 'expired' | 'late'
  result?: 'done' | 'refused' | 'failed'
  detail?: string
}
export type EngineerView = Engineer & {
  openJobs: number
  isolated?: string
  stars?: number
  ratings?: number
  givenGrade?: Engineer['grade']
  gradeBecause?: Text
}
export type NoticeView = Notice & { readAt?: number }
/** A burst of raw samples, as it is drawn. */
export interface BurstRow {
  ts: number
  sensor: string
  text: Text
  sampleRate: number
  unit: string
  points: number
  speed?: number
  values: Record<string, number>
  lines: Partial<Record<'once' | 'outer' | 'inner' | 'ball' | 'cage', number>>
  spectrum: { stepHz: number; level: number[] }
  envelope: { stepHz: number; level: number[] }
}
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
export interface FeatureSpec {
  text: Text
  unit: string
  scale?: string
  aggregate?: string
  metric?: string
}
export interface KindView {
  kind: string
  name: Text
  cadenceSeconds: number
  idleSeconds?: number
  metrics: Record<string, MetricSpec>
  metricNames: string[]
  states: Record<string, string[] | 'text'>
  failureModes: Record<string, ModeSpec>
  parts: Record<string, { text: Text; priceCents: number }>
  /** How it is watched; only what the pages name of it. */
  detection?: {
    features?: Record<string, FeatureSpec>
    guards?: Record<string, FeatureSpec>
    cycles?: Record<string, { text: Text }>
  }
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
  disk: DiskForecast
  wrongClocks: WrongClock[]
  readingsPerSecond: number
}
export interface QuarantineView {
  id: string
  appliance: string
  kind: string
  reason: QuarantineReason
  detail: string
  at: number
  /** The beginning of what came, as text. */
  text: string
  /** Its bytes, where there was no room to keep it. */
  notKept?: number
  readings: number
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
    ...(body === undefined
      ? {}
      : body instanceof Blob
        ? { body, headers: { 'content-type': 'text/csv' } }
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  }).catch(() => {
    throw new ApiError(0, 'offline', 'offline')
  })
  if (response.ok) return (await response.json()) as T
  const problem = (await response.json().catch(() => ({}))) as { title?: string; detail?: string }
  throw new ApiError(response.status, problem.title ?? response.statusText, problem.detail ?? '')
}

/** A file as it is; the server reads it. */
export const sendFile = <T>(path: string, file: Blob): Promise<T> => call<T>(path, 'POST', file)

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

/** Leaves, whatever comes of it: the sign-in page asks who is there. */
export async function signOut(): Promise<void> {
  await call('/api/session', 'DELETE').catch(() => {})
  location.href = '/sign-in'
}
