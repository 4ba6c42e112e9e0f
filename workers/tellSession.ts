import type { Clock, DetectionControl, FrameDoor } from '../core/index.ts'
import type { Registry } from '../service/index.ts'

/**
 * Tells detection, through the journal, that a gateway came or went, or an appliance that speaks on change alone: so that
 * it tells a gateway that is gone from appliances that fell silent, and who is away from who has nothing to say. A word
 * that a full journal refuses costs that distinction, and no more.
 */
export const tellSession =
  (door: FrameDoor, registry: Registry, clock: Clock) =>
  (id: string, online: boolean): void => {
    const speaksFor = registry.find(id)?.speaksFor
    const isTold = speaksFor && (!speaksFor.has(id) || registry.get(id).reports === 'on-change')
    if (!isTold) return
    const control: DetectionControl = { type: 'session', appliance: id, online }
    const payload = Buffer.from(JSON.stringify(control))
    door.take({ type: 'control', appliance: id, kind: '', payload, arrivedAt: clock.now() }, () => {})
  }
