import type {
  ApplianceCommand,
  ApplianceId,
  CommandAck,
  CommandQueue,
  KeptSession,
  SessionStore,
} from '../core/index.ts'

/** Commands and sessions of tests, in memory; expiry is the test's own affair. */
export class MemoryCommands implements CommandQueue {
  readonly acks: CommandAck[] = []
  readonly deliveries: string[] = []
  #waiting = new Map<ApplianceId, ApplianceCommand[]>()
  #listeners: ((appliance: ApplianceId) => void)[] = []

  queue(appliance: ApplianceId, command: ApplianceCommand): void {
    this.#waiting.set(appliance, [...this.waiting(appliance), command])
    for (const listener of this.#listeners) listener(appliance)
  }
  waiting(appliance: ApplianceId): readonly ApplianceCommand[] {
    return this.#waiting.get(appliance) ?? []
  }
  remainingMs({ expires }: ApplianceCommand): number {
    return expires - Date.now()
  }
  onQueued(listener: (appliance: ApplianceId) => void): void {
    this.#listeners.push(listener)
  }
  forget(appliance: ApplianceId, id: string): void {
    this.#waiting.set(
      appliance,
      this.waiting(appliance).filter((one) => one.id !== id),
    )
  }
  async delivered(appliance: ApplianceId, id: string): Promise<void> {
    this.deliveries.push(id)
    this.forget(appliance, id)
  }
  async answered(ack: CommandAck): Promise<void> {
    this.acks.push(ack)
  }
}

export const memorySessions = (): SessionStore => {
  const kept = new Map<string, KeptSession>()
  return {
    all: async () => [...kept.values()],
    keep: async (client, subscriptions, expirySeconds) => {
      if (subscriptions.length > 0) kept.set(client, { client, subscriptions, expirySeconds })
      else kept.delete(client)
    },
    away: async (client, expiresAt) => {
      const session = kept.get(client)
      if (session) session.expiresAt = expiresAt
    },
    seen: async () => undefined,
  }
}

/** What a broker of a test needs beside its log and its devices. */
export const brokerContext = (commands = new MemoryCommands(), sessions = memorySessions()) => ({
  commands,
  sessions,
  onRetryableError: (what: string, error: unknown): never => {
    throw new Error(`${what}: ${error}`)
  },
})
