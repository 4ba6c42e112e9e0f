import { type AlertRecords, DAY, type Database, type Millis } from '../../core/index.ts'
import { complaintsAbout, reportedSince } from '../tickets/store/ticketCounts.ts'

/** What is counted as coming of it. */
const COUNTED_MS = 90 * DAY
const ROWS_AT_ONCE = 500
const MOST_ROWS = 20_000

/** One group: how many appliances, and on how many of them something was within 90 days. */
export interface GroupFigures {
  appliances: number
  /** Somebody booked or reported something. */
  booked: number
  faults: number
  complaints: number
}
export interface CampaignFigures {
  told: GroupFigures
  control: GroupFigures
}

/** What came of a campaign, beside those of its people who got nothing. Only what came after. */
export async function campaignFigures(
  database: Database,
  alerts: Pick<AlertRecords, 'opened'>,
  campaign: string,
): Promise<CampaignFigures> {
  const rows = await database.query
    .selectFrom('campaignSend')
    .select(['appliance', 'at', 'control'])
    .where('campaign', '=', campaign)
    .orderBy('at')
    .limit(MOST_ROWS)
    .execute()
  const figures = { told: none(), control: none() }
  for (let i = 0; i < rows.length; i += ROWS_AT_ONCE) {
    const some = rows.slice(i, i + ROWS_AT_ONCE)
    const appliances = [...new Set(some.map(({ appliance }) => appliance))]
    const from = Math.min(...some.map(({ at }) => at))
    const happened = {
      booked: (await reportedSince(database.query, appliances, from)).map(({ appliance, createdAt }) => ({
        appliance,
        at: createdAt,
      })),
      faults: (await alerts.opened(database.query, { from, appliances })).map(({ appliance, openedAt }) => ({
        appliance,
        at: openedAt,
      })),
      complaints: await complaintsAbout(database.query, appliances, from),
    }
    for (const { appliance, at, control } of some) {
      const group = control === 1 ? figures.control : figures.told
      group.appliances++
      for (const what of ['booked', 'faults', 'complaints'] as const)
        if (happened[what].some((one) => one.appliance === appliance && isAfter(one.at, at))) group[what]++
    }
  }
  return figures
}

const isAfter = (at: Millis, sent: Millis): boolean => at >= sent && at < sent + COUNTED_MS
const none = (): GroupFigures => ({ appliances: 0, booked: 0, faults: 0, complaints: 0 })
