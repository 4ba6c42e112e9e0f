// Reminders, campaigns and what is counted for them, on the virtual clock: the product's own, looked at by the hour.
import { alertRecords } from '../../alerts/index.ts'
import type {
  AnalysisOutput,
  CycleRow,
  Database,
  FeatureRow,
  FoundQuery,
  FoundRows,
  HealthRow,
  ManualClock,
  TelemetryStore,
} from '../../core/index.ts'
import { openCampaigns, openCare } from '../../service/index.ts'
import type { Letter } from '../../simulator/index.ts'
import { campaignRounds } from '../../workers/care/campaignLoop.ts'
import { careRounds } from '../../workers/care/careLoop.ts'
import { shownOf } from '../../workers/care/shownOf.ts'
import type { openService } from '../../workers/openService.ts'

interface YearCareOptions {
  database: Database
  clock: ManualClock
  service: Awaited<ReturnType<typeof openService>>
  health: (appliance: string) => HealthRow | undefined
}

export function openYearCare({ database, clock, service, health }: YearCareOptions) {
  const { announcer, policies, registry, desk, maintenance } = service
  const appliances = registry.all
  const store = new FoundInMemory()
  const common = { database, clock, appliances, appliance: registry.get, policies, announcer }
  const care = openCare({ ...common, desk, health, isMaintained: maintenance.isUnder })
  const campaigns = openCampaigns({ ...common, alerts: alertRecords, health: (id) => health(id)?.health })
  const rounds = [
    careRounds({ care, store, database, clock, appliances }),
    campaignRounds({ campaigns, store, database, clock, appliances }),
  ]
  return {
    care,
    campaigns,
    shownOf: (tip: { feature: string; days: number }) => shownOf(store, appliances(), tip, clock.now()),
    hear: (found: Found) => store.hear(found),
    async round(): Promise<void> {
      for (const one of rounds) await one()
    },
    takeLetters: () => takeLetters(database, clock),
  }
}

/** Mails of reminders and campaigns that have left the house: they are in the letter box now. */
async function takeLetters(database: Database, clock: ManualClock): Promise<Letter[]> {
  const rows = await database.query
    .selectFrom('outbox')
    .select(['seq', 'key', 'body'])
    .where('channel', '=', 'mail')
    .where('doneAt', 'is', null)
    .where((row) => row.or([row('key', 'like', 'care/%'), row('key', 'like', 'campaign/%')]))
    .orderBy('seq')
    .execute()
  if (rows.length === 0) return []
  const seqs = rows.map(({ seq }) => seq)
  await database.transaction((tx) =>
    tx.updateTable('outbox').set({ doneAt: clock.now() }).where('seq', 'in', seqs).execute(),
  )
  return rows.map(({ key, body }) => {
    const { subject, text } = JSON.parse(body) as { subject: string; text: string }
    const [what, first = '', second = ''] = key.split('/')
    return { key, appliance: what === 'care' ? first : second, subject, text }
  })
}

/** What reminders are counted by, and tips are shown from. */
export type Found = Pick<AnalysisOutput, 'cycles' | 'features'>
/** Of all that is found in readings, what the shipped plans and templates ask for. */
const ASKED = { cycles: ['program', 'run'], features: ['powerDay'] }
export const askedOf = ({ cycles, features }: Found): Found => ({
  cycles: cycles.filter(({ cycle }) => ASKED.cycles.includes(cycle)),
  features: features.filter(({ feature }) => ASKED.features.includes(feature)),
})

/** The part of the store that is asked for what was found, without a disk. */
class FoundInMemory implements Pick<TelemetryStore, 'found'> {
  #cycles = new Map<string, CycleRow[]>()
  #features = new Map<string, FeatureRow[]>()

  hear({ cycles, features }: Found): void {
    for (const row of cycles) listed(this.#cycles, row.appliance).push(row)
    for (const row of features) listed(this.#features, row.appliance).push(row)
  }
  async found({ appliances, from, to, what }: FoundQuery): Promise<FoundRows> {
    const rows = appliances.map((id) =>
      what.of === 'cycle'
        ? listed(this.#cycles, id).flatMap((row) =>
            row.cycle === what.cycle ? [{ at: row.to, value: (row.to - row.from) / 60_000 }] : [],
          )
        : what.of === 'feature'
          ? listed(this.#features, id).flatMap((row) =>
              row.feature === what.feature ? [{ at: row.at, value: row.observed }] : [],
            )
          : [],
    )
    const within = rows.flatMap((list, place) =>
      list.flatMap((row) => (row.at >= from && row.at < to ? [{ ...row, place }] : [])),
    )
    return {
      appliances: [...appliances],
      applianceIndex: Int32Array.from(within, ({ place }) => place),
      at: Float64Array.from(within, ({ at }) => at),
      value: Float64Array.from(within, ({ value }) => value),
    }
  }
}
function listed<T>(map: Map<string, T[]>, key: string): T[] {
  const known = map.get(key) ?? []
  map.set(key, known)
  return known
}
