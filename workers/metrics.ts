import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { DiskForecast, JobQueue } from '../core/index.ts'
import type { EventHub } from '../dashboards/index.ts'
import type { Pipeline } from './pipeline/pipeline.ts'

/** Prometheus metrics: each queue with its depth and age, the balance, connections. */
export function createMetrics(parts: {
  pipeline: Pipeline
  broker: { stats(): object }
  events: EventHub
  jobs: JobQueue
  disk: { forecast(): DiskForecast }
}): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const gauge = (name: string, help: string, read: () => number | Promise<number>): void => {
    new Gauge({
      name: `hearthwatch_${name}`,
      help,
      registers: [registry],
      async collect() {
        this.set(await read())
      },
    })
  }
  const { pipeline, broker, events, jobs, disk } = parts
  gauge('disk_free_bytes', 'Free on the disk of DATA_DIR', () => disk.forecast().freeBytes)
  gauge(
    'disk_full_in_days',
    'Until it is full at this pace; −1 while it does not fill',
    () => disk.forecast().fullInDays ?? -1,
  )
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
  gauge('jobs_waiting', 'Jobs in the outbox', async () => (await jobs.depth()).waiting)
  gauge('jobs_dead', 'Jobs that wait for a person', async () => (await jobs.depth()).dead)
  gauge('jobs_oldest_ms', 'Age of the oldest job in the outbox', async () => (await jobs.depth()).oldestMs)
  gauge('page_streams', 'Pages that listen to events', () => events.listeners)
  const readings = new Gauge({
    name: 'hearthwatch_readings',
    help: 'Readings by what became of them',
    labelNames: ['outcome', 'reason'],
    registers: [registry],
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
  void readings
  const brokerStats = new Gauge({
    name: 'hearthwatch_broker',
    help: 'Connections and what the broker refused, by name',
    labelNames: ['name'],
    registers: [registry],
    collect() {
      for (const [name, value] of Object.entries(broker.stats() as Record<string, number>)) this.set({ name }, value)
    },
  })
  void brokerStats
  return registry
}
