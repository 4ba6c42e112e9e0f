import type { Clock, DetectionControl, FrameDoor } from '../core/index.ts'

/**
 * Tells detection, through the journal, that a gateway came or went, so that it tells a gateway that is gone from
 * appliances that fell silent. A word that a full journal refuses costs that distinction, and no more.
 */
export const tellSession =
  (door: FrameDoor, clock: Clock) =>
  (gateway: string, online: boolean): void => {
    const control: DetectionControl = { type: 'session', appliance: gateway, online }
    const payload = Buffer.from(JSON.stringify(control))
    door.take({ type: 'control', appliance: gateway, kind: '', payload, arrivedAt: clock.now() }, () => {})
  }
