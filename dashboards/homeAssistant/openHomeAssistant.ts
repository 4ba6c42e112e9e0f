import {
  type Alert,
  type AlertId,
  type Appliance,
  isInService,
  isOfFault,
  livingFirst,
  MINUTE,
  type Millis,
  own,
  SECOND,
  type TicketId,
} from '../../core/index.ts'
import type { ApiContext } from '../api/apiContext.ts'
import { applianceViews } from '../api/views/fleetView.ts'
import type { House, HouseDevice } from './devices.ts'
import { HomeAssistantLink } from './homeAssistantLink.ts'

/** A power holds so long after its reading: a hole in the data is no consumption. */
const HOLDS_MS = 15 * MINUTE
const JOULES_PER_KWH = 3.6e6
const worst = ['critical', 'warning', 'info']

type Context = Pick<ApiContext, 'alerts' | 'catalog' | 'desk' | 'health' | 'misdirected' | 'registry' | 'store'>
interface Options {
  url: string
  house: House
  onRetryableError: (error: unknown) => void
}

/** Shows this world's appliances to a Home Assistant. */
export function openHomeAssistant(context: Context, { url, house, onRetryableError }: Options): HomeAssistantLink {
  const meters = new Map<string, Meter>()
  return new HomeAssistantLink({
    url,
    house,
    onRetryableError,
    look: async () => {
      const appliances = context.registry.all().filter(isInService)
      const views = await applianceViews(context, appliances)
      const newest = newestFirmware(appliances)
      return Promise.all(
        views.map(async (view): Promise<HouseDevice> => {
          const { id, kind, model, firmware, lastReading } = view
          const [problem, ticket] = await Promise.all([worstOf(context, view.alerts), ticketOf(context, view.tickets)])
          const power = lastReading?.metrics && own(lastReading.metrics, 'power')
          const name = context.catalog.kinds.get(kind)?.name.en ?? kind
          return {
            id,
            name: `${name} ${id}`,
            model,
            ...(firmware ? { firmware, latestFirmware: newest.get(`${kind}\n${model}`) } : {}),
            online: view.online,
            status: view.status,
            health: view.health,
            ...(power === undefined ? {} : { power }),
            energy: read(meters, id, power, lastReading?.ts),
            ...(problem ? { problem } : {}),
            ...(ticket ? { ticket } : {}),
          }
        }),
      )
    },
    serviced: async (id) => {
      const [ticket] = await livingOf(context, (await context.desk.living([id])).get(id))
      if (!ticket) return
      const { failureMode, source } = ticket
      const found = {
        cause: (isOfFault(ticket) && failureMode) || 'none',
        ...(source === 'predicted' ? { verdict: failureMode ? ('confirmed' as const) : ('refuted' as const) } : {}),
        parts: [],
        note: 'Serviced, said in Home Assistant.',
      }
      await context.desk.close(ticket.id, 'Home Assistant', found)
    },
  })
}

/** The gravest alert that stands, as a house is told of it. */
async function worstOf({ alerts, catalog }: Context, ids: readonly AlertId[]): Promise<HouseDevice['problem']> {
  const standing = (await Promise.all(ids.map((id) => alerts.get(id)))).filter(
    ({ state }) => state === 'open' || state === 'acknowledged',
  )
  standing.sort((a, b) => worst.indexOf(a.severity) - worst.indexOf(b.severity))
  const [alert] = standing
  if (!alert) return undefined
  const { failureMode, severity, confidence, remainingLife, explanation } = alert
  return {
    failureMode,
    text: catalog.kinds.get(alert.kind)?.failureModes[failureMode]?.text.en ?? failureMode,
    advice: explanation.owner.en,
    severity,
    confidence,
    since: sinceOf(alert),
    ...(remainingLife ? { remainingLife } : {}),
  }
}
const sinceOf = ({ openedAt, firstSeenAt }: Alert): Millis => openedAt ?? firstSeenAt

/** What lives of an appliance, a fault's before what stands beside it: a house shows one. */
const livingOf = async ({ desk }: Context, ids: readonly TicketId[] = []) =>
  livingFirst(await Promise.all(ids.map((id) => desk.get(id))))

async function ticketOf(context: Context, ids: readonly TicketId[]): Promise<HouseDevice['ticket']> {
  const [ticket] = await livingOf(context, ids)
  if (!ticket) return undefined
  const { id, number, state, slot } = ticket
  return { id, number: String(number), state, ...(slot ? { from: slot.from } : {}) }
}

/** The newest firmware that any appliance of a model says it runs. */
function newestFirmware(appliances: readonly Appliance[]): Map<string, string> {
  const newest = new Map<string, string>()
  for (const { kind, model, firmware } of appliances) {
    const key = `${kind}\n${model}`
    const known = newest.get(key)
    if (firmware && (known === undefined || firmware.localeCompare(known, 'en', { numeric: true }) > 0))
      newest.set(key, firmware)
  }
  return newest
}

interface Meter {
  kWh: number
  power: number
  ts: Millis
}
/** Energy since the link began: each power holds until the next reading, and no longer than it is believed. */
function read(meters: Map<string, Meter>, id: string, power: number | undefined, ts: Millis | undefined): number {
  const meter = meters.get(id)
  if (power === undefined || ts === undefined) return meter?.kWh ?? 0
  if (!meter) {
    meters.set(id, { kWh: 0, power, ts })
    return 0
  }
  if (ts > meter.ts) {
    meter.kWh += (meter.power * Math.min(ts - meter.ts, HOLDS_MS)) / SECOND / JOULES_PER_KWH
    meter.power = power
    meter.ts = ts
  }
  return meter.kWh
}
