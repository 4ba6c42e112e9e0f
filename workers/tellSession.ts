import { type Clock, type DetectionControl, type FrameIngress, isInService, MINUTE } from '../core/index.ts'
import type { HeldDirectory, Registry } from '../service/index.ts'

/**
 * Tells detection, through the journal, that a gateway came or went, or an appliance that speaks on change alone: so that
 * it tells a gateway that is gone from appliances that fell silent, and who is away from who has nothing to say. A word
 * that a full journal refuses costs that distinction, and no more.
 */
export const tellSession =
  (door: FrameIngress, devices: Pick<HeldDirectory, 'find' | 'get'>, clock: Clock) =>
  (id: string, online: boolean): void => {
    const speaksFor = devices.find(id)?.speaksFor
    const isTold = speaksFor && (!speaksFor.has(id) || devices.get(id).reports === 'on-change')
    if (!isTold) return
    const control: DetectionControl = { type: 'session', appliance: id, online }
    const payload = Buffer.from(JSON.stringify(control))
    door.take({ type: 'control', appliance: id, kind: '', payload, arrivedAt: clock.now() }, () => {})
  }

/** Whoever is there comes back within this after a start. */
const BACK_AFTER_MS = 10 * MINUTE

/**
 * The end of the program ends no session, so of those who went meanwhile nothing says that they did: a while after a start
 * it is said of everybody of whom it matters and who is not back. Of who was away before, it changes nothing.
 * @returns ends the waiting
 */
export function tellWhoStayedAway(
  tell: ReturnType<typeof tellSession>,
  registry: Registry,
  isConnected: (device: string) => boolean,
  afterMs = BACK_AFTER_MS,
): () => void {
  const timer = setTimeout(() => {
    const onChange = registry.all().filter((one) => one.reports === 'on-change' && isInService(one))
    for (const id of [...registry.gateways(), ...onChange.map(({ id }) => id)]) if (!isConnected(id)) tell(id, false)
  }, afterMs)
  return () => clearTimeout(timer)
}
