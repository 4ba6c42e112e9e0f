/**
 * broker: the appliances' door. MQTT 3.1, 3.1.1 and 5 over TCP and WebSocket, each device below its own topics alone.
 * In: sockets, the DeviceDirectory, the CommandQueue. Out: frames in the TelemetryLog (the acknowledgement waits until they are
 * synced), presence, what became of commands, counts. Bounds: BrokerLimits.
 * Start at broker.ts (connections), then incoming.ts (what they publish), topics.ts (who may use what) and frameGuard.ts (what never reaches
 * the parser). Version 5 has sessions of its own: five/connection.ts.
 * Appliances at a broker of somebody else: outside/outsideBroker.ts.
 */
export { openBroker } from './broker.ts'
export type { Broker, BrokerOptions } from './brokerOptions.ts'
export { MOST_EXPIRY_SECONDS } from './five/terms.ts'
export type { Claimed, Elsewhere } from './hearConnect.ts'
export { commandAckSchema } from './incoming.ts'
export { type BrokerLimits, brokerLimits } from './limits.ts'
export type { MisdirectedTopic } from './misdirected.ts'
export { openHeldFilters } from './outside/heldFilters.ts'
export type { OutsideState } from './outside/outsideState.ts'
export { brokerMigrations, openSessionStore } from './sessionTable.ts'
