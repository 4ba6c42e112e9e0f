// What a registration is checked for and refused with, and what detection hears of it.
import {
  type Appliance,
  type Clock,
  type DetectionControl,
  type Gateway,
  installedAtFault,
  type Millis,
  Problem,
  type Registration,
  regionOf,
} from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'
import { checkContacts } from './ownerTold.ts'

export interface Credentials {
  username: string
  /** Shown once, at the making. */
  password?: string
}

/** What detection needs to know of an appliance. */
export function registerControl(appliance: Appliance): DetectionControl {
  const { id, kind, model, batch, firmware, cadenceSeconds, installedAt, location } = appliance
  const { units, counters, reports, heartbeatSeconds } = appliance
  return {
    type: 'register',
    appliance: id,
    kind,
    model,
    ...definedOnly({ batch, firmware, cadenceSeconds, installedAt, units, counters, reports, heartbeatSeconds }),
    ...(location ? { region: regionOf(location) } : {}),
  }
}

export const gatewayControl = ({ id, appliances }: Gateway): DetectionControl => ({
  type: 'gateway',
  appliance: id,
  appliances,
})

/** Whoever has another name or contact is somebody else; another language or segment is the same person's. */
export const isOthers = (before: Registration['owner'], now: Registration['owner']): boolean =>
  before !== undefined && (before.name !== now?.name || before.contact !== now?.contact)

/** Does who registers it anew move it to another home? With no home said, another owner does. */
export const moves = (before: Appliance | undefined, now: Registration): boolean =>
  before !== undefined &&
  (before.homeId !== undefined && now.homeId !== undefined
    ? before.homeId !== now.homeId
    : isOthers(before.owner, now.owner ?? before.owner))

export type Ids = ReadonlySet<string>
export const idsOf = (registrations: readonly Registration[]): Ids => new Set(registrations.map(({ id }) => id))

/** The gateways that appliances leave which are gone or moved, with those that stay behind them; a plug moves along. */
export async function gatewaysLeft(
  gateways: ReadonlyMap<string, string[]>,
  gone: Ids,
  moved: Ids,
  isSource: (gateway: string) => Promise<boolean>,
): Promise<Gateway[]> {
  if (gone.size + moved.size === 0) return []
  const left: Gateway[] = []
  for (const [id, ids] of gateways) {
    const appliances = ids.filter((one) => !gone.has(one) && !moved.has(one))
    const isPlug = ids.length === 1 && ids.every((one) => moved.has(one) && !gone.has(one)) && (await isSource(id))
    if (appliances.length < ids.length && !isPlug) left.push({ id, appliances })
  }
  return left
}

/** What is wrong with what somebody entered of an appliance. @param before what was known of it */
export function checkEntered(
  entered: Registration,
  before: Registration | undefined,
  { clock, wall, rules }: { clock: Clock; wall: Clock; rules: () => Pick<Policy, 'timeZone' | 'holidays'> },
): void {
  checkInstalled(entered, clock.now(), wall.now())
  checkContacts(entered.owner, before?.owner, { ...before, ...entered }, rules())
}

/** @param now of the world and of the wall */
function checkInstalled({ installedAt }: Registration, ...now: [Millis, Millis]): void {
  // A world of telemetry may be years behind the wall, or have no time yet.
  const fault = installedAt === undefined ? undefined : installedAtFault(installedAt, Math.max(...now))
  if (!fault) return
  throw new Problem({
    code: 'bad-time',
    message: `${fault}; ${installedAt} is not.`,
    remedy: 'Leave it out where it is not known.',
    concerns: 'installedAt',
    status: 422,
  })
}

/** Whoever gets it next lives elsewhere: nothing that tells of the former home stays. Pure. */
export const withoutHome = ({
  owner: _owner,
  homeId: _home,
  location: _place,
  timeZone: _zone,
  ...kept
}: Appliance): Appliance => kept

export const notInService = (id: string): Problem =>
  new Problem({
    code: 'retired',
    message: `${id} is retired.`,
    remedy: 'Register it again to put it back into service.',
    concerns: id,
    status: 409,
  })

export const definedOnly = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T

export const taken = (id: string, by: string): Problem =>
  new Problem({
    code: 'id-taken',
    message: `The id '${id}' already belongs to ${by}.`,
    remedy: 'Choose another id: appliances and gateways share one name space, and a kind never changes.',
    concerns: id,
    status: 409,
  })
