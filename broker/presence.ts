import type { ApplianceId, Device } from '../core/index.ts'

/**
 * Which appliances are here: any session that may speak for one is open, its own or a gateway's, and it has not said
 * that it is off. Its own word ends with the next thing that it says.
 */
export class PresenceBook {
  #sessions = new Map<ApplianceId, Set<string>>()
  #saidOff = new Set<ApplianceId>()

  came({ id, speaksFor }: Device): void {
    // Whoever signs in itself speaks; a gateway does for itself alone.
    this.#saidOff.delete(id)
    for (const appliance of speaksFor.keys()) {
      const sessions = this.#sessions.get(appliance)
      if (sessions) sessions.add(id)
      else this.#sessions.set(appliance, new Set([id]))
    }
  }
  went({ id, speaksFor }: Device): void {
    for (const appliance of speaksFor.keys()) {
      const sessions = this.#sessions.get(appliance)
      sessions?.delete(id)
      if (sessions?.size === 0) this.#sessions.delete(appliance)
    }
  }
  /** It published something; a status says itself whether it is on. */
  spoke(appliance: ApplianceId, isOff = false): void {
    if (isOff) this.#saidOff.add(appliance)
    else if (this.#saidOff.size > 0) this.#saidOff.delete(appliance)
  }
  isOnline(appliance: ApplianceId): boolean {
    return this.#sessions.has(appliance) && !this.#saidOff.has(appliance)
  }
}
