import type { Millis, RemainingLife } from '../../core/index.ts'

/** An appliance as a house sees it. */
export interface HouseDevice {
  id: string
  name: string
  model: string
  firmware?: string
  /** The newest that was heard of its model. */
  latestFirmware?: string
  online: boolean
  status: string
  /** 0 to 100. */
  health: number
  /** W */
  power?: number
  /** kWh since the link began; Home Assistant adds up over beginnings. */
  energy: number
  problem?: {
    failureMode: string
    text: string
    /** What its owner may do, in sentences. */
    advice: string
    severity: string
    /** 0 to 1. */
    confidence: number
    remainingLife?: RemainingLife
    since: Millis
  }
  ticket?: { id: string; number: string; state: string; from?: Millis }
}

export interface House {
  /** Where Home Assistant looks for devices. */
  prefix: string
  /** Below it is what is said of them. */
  base: string
  /** Of this installation: what bears it is ours. */
  mark: string
  publicUrl: string
}

export const configTopic = ({ prefix }: House, id: string): string => `${prefix}/device/hearthwatch_${id}/config`
/** Of whom a discovery topic of ours is. */
export const idOfConfig = ({ prefix }: House, topic: string): string =>
  topic.slice(`${prefix}/device/hearthwatch_`.length, -'/config'.length)
export const statusTopic = ({ base }: House): string => `${base}/status`
export const stateTopic = ({ base }: House, id: string): string => `${base}/${id}/state`
export const causeTopic = ({ base }: House, id: string): string => `${base}/${id}/cause`
export const onlineTopic = ({ base }: House, id: string): string => `${base}/${id}/availability`
export const firmwareTopic = ({ base }: House, id: string): string => `${base}/${id}/firmware`
export const servicedTopic = ({ base }: House, id: string): string => `${base}/${id}/serviced`
/** What is said of a device, each below its own name. */
export const saidTopics = ['state', 'cause', 'availability', 'firmware'] as const
/** What the button says. */
export const PRESSED = 'SERVICED'
/** Home Assistant takes no longer text as a state. */
const MOST_TEXT = 255

/**
 * One device with its entities, as Home Assistant discovers it.
 * Source: Home Assistant 2024.11 and later, MQTT discovery, device payload (abbreviations dev, o, cmps).
 */
export function discoveryOf(house: House, device: HouseDevice): object {
  const { id, firmware } = device
  const unique = (entity: string): string => `hearthwatch_${house.mark}_${id}_${entity}`
  const sensor = (entity: string, name: string, more: object) => ({
    p: 'sensor',
    name,
    unique_id: unique(entity),
    value_template: `{{ value_json.${entity} }}`,
    ...more,
  })
  return {
    dev: {
      ids: [unique('device')],
      name: device.name,
      mdl: device.model,
      ...(firmware ? { sw: firmware } : {}),
      cu: `${house.publicUrl}/appliances/${encodeURIComponent(id)}`,
    },
    o: { name: 'Hearthwatch', url: house.publicUrl },
    avty: [
      { t: statusTopic(house), pl_avail: 'online', pl_not_avail: 'offline' },
      { t: onlineTopic(house, id), pl_avail: 'online', pl_not_avail: 'offline' },
    ],
    avty_mode: 'all',
    stat_t: stateTopic(house, id),
    qos: 1,
    cmps: {
      health: sensor('health', 'Health', { unit_of_meas: '%', stat_cla: 'measurement', ic: 'mdi:heart-pulse' }),
      problem: {
        p: 'binary_sensor',
        name: 'Problem',
        unique_id: unique('problem'),
        dev_cla: 'problem',
        value_template: '{{ value_json.problem }}',
        json_attr_t: causeTopic(house, id),
      },
      ticket: sensor('ticket', 'Open ticket', { ic: 'mdi:clipboard-text-clock' }),
      repair: sensor('repair', 'Repair', { ic: 'mdi:toolbox' }),
      power: sensor('power', 'Power', { dev_cla: 'power', unit_of_meas: 'W', stat_cla: 'measurement' }),
      energy: sensor('energy', 'Energy', { dev_cla: 'energy', unit_of_meas: 'kWh', stat_cla: 'total_increasing' }),
      ...(firmware
        ? {
            firmware: {
              p: 'update',
              name: 'Firmware',
              unique_id: unique('firmware'),
              dev_cla: 'firmware',
              stat_t: firmwareTopic(house, id),
            },
          }
        : {}),
      serviced: {
        p: 'button',
        name: 'Serviced',
        unique_id: unique('serviced'),
        cmd_t: servicedTopic(house, id),
        pl_prs: PRESSED,
        ic: 'mdi:wrench-check',
      },
    },
  }
}

/** Is this what an installation of this mark published? Whatever else stands on the topic is somebody else's. */
export function isOurs(house: House, payload: string): boolean {
  try {
    return JSON.stringify(JSON.parse(payload)).includes(`"hearthwatch_${house.mark}_`)
  } catch {
    return false
  }
}

/** What is said of a device: topic → payload, each retained. */
export function statesOf(house: House, device: HouseDevice): Map<string, string> {
  const { id, problem, ticket, power, firmware } = device
  const said = new Map<string, string>()
  const state = {
    health: Math.round(device.health),
    problem: problem ? 'ON' : 'OFF',
    ticket: ticket ? `${ticket.number} ${ticket.state}` : 'none',
    repair: cut(repairOf(device)),
    power: power ?? null,
    energy: Number(device.energy.toFixed(3)),
    status: device.status,
  }
  said.set(stateTopic(house, id), JSON.stringify(state))
  said.set(causeTopic(house, id), JSON.stringify(problem ? causeOf(device, problem) : {}))
  said.set(onlineTopic(house, id), device.online ? 'online' : 'offline')
  if (firmware)
    said.set(
      firmwareTopic(house, id),
      JSON.stringify({ installed_version: firmware, latest_version: device.latestFirmware ?? firmware }),
    )
  return said
}

/** What is to be done, for a person who looks at the house. */
function repairOf({ problem, ticket }: HouseDevice): string {
  const visit = ticket && `Ticket ${ticket.number} is ${ticket.state}.`
  return [problem?.advice, visit].filter((text) => text !== undefined).join(' ') || 'none'
}
const cut = (text: string): string => (text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT - 1)}…` : text)

function causeOf({ ticket }: HouseDevice, problem: NonNullable<HouseDevice['problem']>): object {
  const { remainingLife: life } = problem
  return {
    cause: problem.failureMode,
    cause_text: problem.text,
    advice: problem.advice,
    severity: problem.severity,
    confidence: Number(problem.confidence.toFixed(2)),
    since: new Date(problem.since).toISOString(),
    ...hours('remaining_life_hours', life?.p50),
    ...hours('remaining_life_hours_low', life?.p10),
    ...hours('remaining_life_hours_high', life?.p90),
    ...(ticket ? { ticket: ticket.number } : {}),
    ...(ticket?.from ? { visit: new Date(ticket.from).toISOString() } : {}),
  }
}

const hours = (name: string, value: number | null | undefined): object =>
  typeof value === 'number' ? { [name]: Math.round(value) } : {}
