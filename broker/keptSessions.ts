import type { Client, PublishPacket, Subscription } from 'aedes'
import type { SessionStore, SessionSubscription } from '../core/index.ts'

/** What is used of Aedes' store of sessions, which its types leave out. */
export interface AedesSessions {
  addSubscriptions(client: { id: string }, subscriptions: Subscription[]): Promise<void>
  removeSubscriptions(client: { id: string }, topics: string[]): Promise<void>
  cleanSubscriptions(client: { id: string }): Promise<void>
  subscriptionsByClient(client: { id: string }): Promise<SessionSubscription[]>
  incomingGetPacket(client: Client, packet: PublishPacket): Promise<unknown>
}

/**
 * Makes the subscriptions of kept sessions durable: SUBACK, UNSUBACK and the CONNACK of a clean session leave when the
 * store has them, and a program that starts anew finds them. Only what `mayHear` allows is remembered.
 */
export async function keepSessions(
  sessions: AedesSessions,
  store: SessionStore,
  mayHear: (client: Client, filter: string) => boolean,
): Promise<void> {
  /** Client → what the store has of it, so that what it knows is not written again. */
  const stored = new Map<string, string>()
  const add = sessions.addSubscriptions.bind(sessions)
  const remove = sessions.removeSubscriptions.bind(sessions)
  const clean = sessions.cleanSubscriptions.bind(sessions)
  for (const { client, subscriptions, expirySeconds } of await store.all()) {
    // Those of MQTT 5 are kept elsewhere.
    if (expirySeconds !== undefined) continue
    await add({ id: client }, subscriptions)
    stored.set(client, JSON.stringify(subscriptions))
  }
  async function keep({ id }: { id: string }): Promise<void> {
    const subscriptions = (await sessions.subscriptionsByClient({ id })).map(({ topic, qos }) => ({ topic, qos }))
    const now = JSON.stringify(subscriptions)
    if (now === (stored.get(id) ?? '[]')) return
    await store.keep(id, subscriptions)
    if (subscriptions.length > 0) stored.set(id, now)
    else stored.delete(id)
  }
  sessions.addSubscriptions = async (client, subscriptions) => {
    // Aedes hands over its client; the stored sessions above went the other way.
    await add(
      client,
      subscriptions.filter(({ topic }) => mayHear(client as Client, topic)),
    )
    await keep(client)
  }
  sessions.removeSubscriptions = async (client, topics) => {
    await remove(client, topics)
    await keep(client)
  }
  sessions.cleanSubscriptions = async (client) => {
    await clean(client)
    await keep(client)
  }
}
