import type { Registry as MetricsRegistry } from 'prom-client'
import type { Alerts, ChannelBook, Deliveries, MaintenanceBook, PublicTargets } from '../../alerts/index.ts'
import type { MisdirectedTopic, OutsideState } from '../../broker/index.ts'
import type { Catalog } from '../../catalog/index.ts'
import type {
  Announcer,
  Clock,
  Database,
  DiskForecast,
  HealthRow,
  Hearing,
  IngestCounters,
  JobQueue,
  KindDrift,
  Millis,
  QuarantineRow,
  QuotaState,
  Rule,
  RulePreview,
  Settings,
  TelemetryStore,
  World,
  WrongClock,
} from '../../core/index.ts'
import type { Mapping } from '../../mapping/index.ts'
import type {
  AccountHomes,
  Audit,
  CampaignBook,
  CareService,
  Claims,
  Commands,
  Consents,
  Erasures,
  Escalations,
  Knowledge,
  Members,
  ModelRegistry,
  OnCallBook,
  OutletBook,
  OwnerLinks,
  PartsService,
  Payments,
  People,
  Policies,
  Policy,
  Quality,
  Registry,
  RuleBook,
  Shares,
  Shown,
  TicketService,
} from '../../service/index.ts'
import type { Accounts } from './accounts/accounts.ts'
import type { Answer } from './answers/index.ts'
import type { AnswerWatch } from './answerWatch.ts'
import type { EventHub } from './eventHub.ts'
import type { Organisations } from './organisations.ts'
import type { OwnPages } from './ownPages.ts'

/** A fault as the simulator knows it. */
export type SimulatedFault = Answer<'POST /api/simulator/faults'>

/** What the simulator offers to a page; absent in the real world. */
export interface SimulatorControl {
  status(): Promise<Answer<'GET /api/simulator'>>
  set(change: { speed?: number; paused?: boolean; until?: Millis | 'next-event' }): Promise<void>
  inject(fault: { appliance: string; failureMode: string; days?: number; shape?: string }): Promise<SimulatedFault>
  faults(): Promise<SimulatedFault[]>
}

/** How every appliance fares: what detection last said, and whether it is connected. */
export interface FleetHealth {
  of(appliance: string): HealthRow | undefined
  online(appliance: string): boolean
  /** When it was first heard: its exposure begins. */
  firstHeard(appliance: string): Millis | undefined
  /** When its own clock is wrong: how far it is ahead, ms; behind below 0. */
  clockAheadMs(appliance: string): number | undefined
  /** What it said that did not count; undefined where everything did. */
  hearing(appliance: string): Hearing | undefined
}

/** What a running program does with the versions of its models. */
export interface ModelsControl {
  /** The candidate's second analysis: `waiting` for where to begin, `running`, or `resting` because of something. */
  shadow(): { set?: string; state: 'waiting' | 'running' | 'resting'; because?: string } | null
  /** Takes a version in as the candidate. @returns its id @throws Problem `bad-model`, `already-in-force` */
  offer(files: Map<string, Uint8Array>): Promise<string>
  /** By kind: are the inputs of the models in force still what they were? */
  drift(): KindDrift[]
  /** Which version is offered or asked for has changed. */
  woken(): void
}

/** Lags and depths of the pipeline now. */
export interface PipelineStatus {
  counters: IngestCounters
  oldestUnscoredMs: number
  held: number
  journalEnd: number
  storedUpTo: number
  decidedUpTo: number
  waitingBytes: number
  /** What waits for the shadow of a candidate. */
  shadowBytes: number
  /** Frames, unacknowledged, that wait for their share of the journal, or since their appliance is beyond its quota. */
  waitingAtDoor: { frames: number; bytes: number; appliances: number }
  heldByQuota: { frames: number; bytes: number; appliances: number }
  readingsPerSecond: number
  /** Appliances whose own clock is wrong, as their arrival times show. */
  wrongClocks: WrongClock[]
  /** The disk of DATA_DIR, and when it will be full at this pace. */
  disk: DiskForecast
  /** Doors that run by themselves; absent where all is one process. */
  edges?: { id: string; heardAt: Millis; behindBytes: number; isAskedAgain: boolean }[]
}

/** How it stands with the last backup of this run. */
export interface BackupState {
  state: 'none' | 'running' | 'done' | 'failed'
  /** Below DATA_DIR. */
  folder?: string
  files?: number
  bytes?: number
  because?: string
}

/** All that the API speaks for. */
export interface ApiContext {
  settings: Settings
  world: World
  publicUrl: string
  adminToken: string
  /** Acts for the simulated people; its commands do not count as a person's. */
  simulationToken?: string
  catalog: Catalog
  clock: Clock
  wall: Clock
  database: Database
  registry: Registry
  alerts: Alerts
  maintenance: MaintenanceBook
  payments: Payments
  desk: TicketService
  people: People
  parts: PartsService
  policy: Policy
  policies: Policies
  quality: Quality
  knowledge: Knowledge
  outlets: OutletBook
  members: Members
  models: ModelRegistry
  modelsControl: ModelsControl
  announcer: Announcer
  /** Accounts with those who carry messages. */
  channels: ChannelBook
  /** What became of what owners were told; absent where nothing is carried out. */
  deliveries: Deliveries | undefined
  /** Whose turn it is, and who is called while nobody acts. */
  onCall: OnCallBook
  escalations: Escalations
  store: TelemetryStore
  jobs: JobQueue
  accounts: Accounts
  audit: Audit
  answers: AnswerWatch
  /** Links to pages of owners, derived. */
  links: OwnerLinks
  consents: Consents
  homes: AccountHomes
  shares: Shares
  claims: Claims
  erasures: Erasures
  events: EventHub
  health: FleetHealth
  pipeline(): Promise<PipelineStatus>
  requeue(rows: QuarantineRow[]): Promise<void>
  commands: Commands
  /** Rules that people wrote, and what one would have done over what is stored. */
  rules: RuleBook
  /** What use, the calendar and contracts made due. */
  care: CareService
  /** Messages to many; and what its own data shows of each appliance, beside its model. */
  campaigns: CampaignBook
  shownOf(tip: { feature: string; days: number }): Promise<Shown>
  previewRule(rule: Rule, span: { from: Millis; to: Millis }): Promise<RulePreview>
  /** Topics below its own name that an appliance publishes to and that nobody knows. */
  misdirected(appliance: string): MisdirectedTopic[]
  /** Other people's topics as appliances. */
  mapping: Mapping
  /** The broker of somebody else at which appliances live. */
  outsideBroker(): OutsideState | undefined
  /** Where appliances are shown to a Home Assistant. */
  homeAssistant?: { state(): Answer<'GET /api/home-assistant'> }
  /** Takes an export of OpenTelemetry; resolves when what is mapped of it is on disk. */
  otlp(body: unknown): Promise<{ rejected: number }>
  /** How it stands with what it may send within an hour. */
  quota(appliance: string): QuotaState
  /** The same of all that have sent anything lately, in no order. */
  quotas(): Iterable<QuotaState & { appliance: string }>
  simulator?: SimulatorControl
  metrics: MetricsRegistry
  pushPublicKey?: string
  /** Whose pages may use what people carry in their browsers. */
  ownPages: OwnPages
  /** Which addresses that come through the API may be called. */
  targets: PublicTargets
  /** Copies of everything, taken while all goes on. */
  backups: { begin(): BackupState; state(): BackupState }
  ready(): boolean
  /** Who else is in this installation; absent: nobody. */
  organisations?: Organisations
}
