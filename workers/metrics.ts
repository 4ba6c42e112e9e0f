import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { type DiskForecast, type JobQueue, MINUTE, wallClock } from '../core/index.ts'
import type { AnswerWatch, EventHub } from '../dashboards/index.ts'
import { unreadableRows } from '../database/index.ts'
import type { EdgeState } from '../ingest/index.ts'
import type { Pipeline } from './pipeline/pipeline.ts'

interface Measured {
  pipeline: Pipeline
  broker: { stats(): object }
  events: EventHub
  answers: AnswerWatch
  jobs: JobQueue
  disk: { forecast(): DiskForecast }
  /** Doors that run by themselves. */
  edges: (() => Promise<readonly EdgeState[]>) | undefined
}
type GaugeOf = (name: string, help: string, read: () => number | Promise<number>) => void

/** Prometheus metrics: each queue with its depth and age, the balance, connections. */
export function createMetrics({
  pipeline,
  broker,
  events,
  answers,
  jobs,
  disk,
  edges = async () => [],
}: Measured): Registry {
  const register = new Registry()
  collectDefaultMetrics({ register })
  const gauge: GaugeOf = (name, help, read) => {
    new Gauge({
      name: `hearthwatch_${name}`,
      help,
      registers: [register],
      async collect() {
        this.set(await read())
      },
    })
  }
  gauge('disk_free_bytes', 'Free on the disk of DATA_DIR', () => disk.forecast().freeBytes)
  gauge(
    'disk_full_in_days',
    'Until it is full at this pace; −1 while it does not fill',
    () => disk.forecast().fullInDays ?? -1,
  )
  flowGauges(gauge, pipeline)
  gauge('jobs_waiting', 'Jobs in the outbox', async () => (await jobs.depth()).waiting)
  gauge('jobs_dead', 'Jobs that wait for a person', async () => (await jobs.depth()).dead)
  gauge('jobs_oldest_ms', 'Age of the oldest job in the outbox', async () => (await jobs.depth()).oldestMs)
  gauge('page_streams', 'Pages that listen to events', () => events.listeners)
  gauge(
    'answers_unlike_described',
    'Answers of the API that were looked at and are not as described',
    () => answers.mismatches,
  )
  gauge(
    'rows_unreadable',
    'Rows of the database that were left out of lists because they cannot be read',
    () => unreadableRows.count,
  )
  readingsGauge(register, pipeline)
  brokerGauge(register, broker)
  edgeGauges(register, gauge, edges)
  return register
}

/** From the journal to the decision: what waits where. */
function flowGauges(gauge: GaugeOf, pipeline: Pipeline): void {
  gauge('journal_end_bytes', 'Journal offset of the last synced frame', () => pipeline.status().journalEnd)
  gauge('analysis_lag_bytes', 'Journal bytes acknowledged but not yet analysed', () => pipeline.status().waitingBytes)
  gauge(
    'analysis_oldest_unscored_ms',
    'Age of the oldest reading not yet scored',
    () => pipeline.status().oldestUnscoredMs,
  )
  gauge(
    'door_waiting_frames',
    'Frames that wait for their share of the journal, unacknowledged',
    () => pipeline.status().waitingAtDoor.frames,
  )
  gauge(
    'door_waiting_appliances',
    'Appliances whose frames wait for their share',
    () => pipeline.status().waitingAtDoor.appliances,
  )
  gauge(
    'quota_held_frames',
    'Frames of appliances beyond their quota that wait, unacknowledged',
    () => pipeline.status().heldByQuota.frames,
  )
  gauge(
    'quota_held_appliances',
    'Appliances beyond their quota, held back',
    () => pipeline.status().heldByQuota.appliances,
  )
  gauge('analysis_held_readings', 'Readings held until a gap fills', () => pipeline.status().held)
  gauge('store_lag_bytes', 'Journal bytes not yet in the telemetry store', () => {
    const { journalEnd, storedUpTo } = pipeline.status()
    return journalEnd - storedUpTo
  })
  gauge('decisions_lag_bytes', 'Journal bytes not yet decided', () => {
    const { journalEnd, decidedUpTo } = pipeline.status()
    return journalEnd - decidedUpTo
  })
  gauge(
    'shadow_waiting_bytes',
    'What waits for the shadow of a candidate; above 64 MiB it is given up',
    () => pipeline.status().shadowBytes,
  )
  gauge(
    'models_drifted_kinds',
    'Kinds whose inputs are no longer what their model was made for',
    () => pipeline.drift().filter(({ state }) => state === 'drifted').length,
  )
}

function readingsGauge(register: Registry, pipeline: Pipeline): void {
  new Gauge({
    name: 'hearthwatch_readings',
    help: 'Readings by what became of them',
    labelNames: ['outcome', 'reason'],
    registers: [register],
    collect() {
      const counters = pipeline.status().counters
      if (!counters) return
      this.set({ outcome: 'received', reason: '' }, counters.readings.received)
      this.set({ outcome: 'stored', reason: '' }, counters.readings.stored)
      this.set({ outcome: 'duplicate', reason: '' }, counters.readings.duplicates)
      for (const [reason, count] of Object.entries(counters.readings.quarantined)) {
        this.set({ outcome: 'quarantined', reason }, count)
      }
    },
  })
}

function brokerGauge(register: Registry, broker: Measured['broker']): void {
  new Gauge({
    name: 'hearthwatch_broker',
    help: 'Connections and what the broker refused, by name',
    labelNames: ['name'],
    registers: [register],
    collect() {
      for (const [name, value] of Object.entries(broker.stats() as Record<string, number>)) this.set({ name }, value)
    },
  })
}

/** Doors that run by themselves: how long each says nothing, and what of its journal is not here. */
function edgeGauges(register: Registry, gauge: GaugeOf, edges: () => Promise<readonly EdgeState[]>): void {
  const silentMs = ({ heardAt }: EdgeState): number => Math.max(0, wallClock.now() - heardAt)
  gauge(
    'edges_silent',
    'Doors that run by themselves and have said nothing for a minute',
    async () => (await edges()).filter((edge) => silentMs(edge) > MINUTE).length,
  )
  const ofEach = (name: string, help: string, read: (edge: EdgeState) => number): void => {
    new Gauge({
      name: `hearthwatch_${name}`,
      help,
      labelNames: ['edge'],
      registers: [register],
      async collect() {
        this.reset()
        for (const edge of await edges()) this.set({ edge: edge.id }, read(edge))
      },
    })
  }
  ofEach('edge_silent_ms', 'Since this door was heard last', silentMs)
  ofEach('edge_waiting_bytes', 'Of the journal of this door that the house does not have', (edge) => edge.behindBytes)
}
