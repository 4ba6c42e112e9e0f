import { HOUR } from '../core/index.ts'
import type { SimulatedAppliance } from '../simulator/index.ts'

type Message = [topic: string, payload: string]
/** How a simulated appliance publishes. */
export interface Foreign {
  /** Said once, retained. */
  online(id: string): Message[]
  reading(appliance: SimulatedAppliance): Message[]
}

/** Only what a plug with a probe would know. */
interface Plug {
  power: number
  /** kWh since it was plugged in. */
  total: number
  temperature: number | undefined
}

/** A plug's meter adds up what it measures. */
function plugs(): (appliance: SimulatedAppliance) => Plug {
  const meters = new Map<string, { total: number; ts: number }>()
  return (appliance) => {
    const { ts, metrics } = appliance.reading()
    const { id, kind } = appliance.registration
    const { power = 0 } = metrics
    const meter = meters.get(id) ?? { total: 0, ts }
    meter.total += (power / 1_000) * (Math.min(HOUR, Math.max(0, ts - meter.ts)) / HOUR)
    meter.ts = ts
    meters.set(id, meter)
    return { power, total: meter.total, temperature: kind === 'ac' ? metrics.supplyTemp : metrics.cabinetTemp }
  }
}
const rounded = (value: number, digits: number): number => Number(value.toFixed(digits))

function tasmota(): Foreign {
  const plugOf = plugs()
  return {
    online: (id) => [[`tele/${id}/LWT`, 'Online']],
    reading(appliance) {
      const { power, total, temperature } = plugOf(appliance)
      const body = {
        Time: new Date(appliance.ts).toISOString().slice(0, 19),
        ENERGY: { Total: rounded(total, 3), Power: rounded(power, 0), Voltage: 230, Current: rounded(power / 230, 3) },
        ...(temperature === undefined ? {} : { DS18B20: { Id: '0300A2', Temperature: rounded(temperature, 1) } }),
        TempUnit: 'C',
      }
      return [[`tele/${appliance.registration.id}/SENSOR`, JSON.stringify(body)]]
    },
  }
}

function zigbee2mqtt(): Foreign {
  const plugOf = plugs()
  return {
    online: (id) => [[`zigbee2mqtt/${id}/availability`, JSON.stringify({ state: 'online' })]],
    reading(appliance) {
      const { power, total, temperature } = plugOf(appliance)
      const body = {
        power: rounded(power, 1),
        energy: rounded(total, 2),
        current: rounded(power / 230, 2),
        voltage: 230,
        state: 'ON',
        linkquality: 120,
        ...(temperature === undefined ? {} : { temperature: rounded(temperature, 2) }),
        last_seen: new Date(appliance.ts).toISOString(),
      }
      return [[`zigbee2mqtt/${appliance.registration.id}`, JSON.stringify(body)]]
    },
  }
}

const hearthwatch = (): Foreign => ({
  online: (): Message[] => [],
  reading: (appliance) => [
    [`appliances/${appliance.kind}/${appliance.registration.id}/telemetry`, JSON.stringify(appliance.reading())],
  ],
})

export const foreignFormats: ReadonlyMap<string, () => Foreign> = new Map([
  ['hearthwatch', hearthwatch],
  ['tasmota', tasmota],
  ['zigbee2mqtt', zigbee2mqtt],
])
