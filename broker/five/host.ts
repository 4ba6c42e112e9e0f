import type { Duplex } from 'node:stream'
import type { Device } from '../../core/index.ts'
import type { CommandDelivery } from '../commandDelivery.ts'
import type { Incoming } from '../incoming.ts'
import type { BrokerLimits, BrokerStats } from '../limits.ts'
import type { Peer } from '../peer.ts'
import type { Credentials } from '../signIn.ts'
import { type Fault, fault, reason } from './reasons.ts'
import type { FiveSessions } from './sessions.ts'
import type { StaffFeed } from './staffFeed.ts'
import type { Will } from './terms.ts'

/** What a connection of MQTT 5 needs of the broker. */
export interface FiveHost {
  readonly limits: BrokerLimits
  readonly stats: BrokerStats
  readonly incoming: Incoming
  readonly delivery: CommandDelivery
  readonly sessions: FiveSessions
  readonly staff: StaffFeed
  isVouchedFor(stream: Duplex, id: string): boolean
  /** Who it is, or why not. */
  signIn(credentials: Credentials): Device | 'unknown' | 'foreign-will' | 'closing'
  /** Whoever else is here by its id goes; resolves when that one's session of another version is over. */
  takeOver(peer: Peer): Promise<void>
  /** It is here. @returns false when it may not be any more */
  came(peer: Peer, device: Device): boolean
  went(peer: Peer): void
  /** Its will is to be said, long after it went perhaps. */
  sayWill(peer: Peer, will: Will): void
}

/** Why somebody is not let in. */
export const refusals: Record<'unknown' | 'foreign-will' | 'closing' | 'staff', Fault> = {
  unknown: fault(reason.wrongPassword, 'Client id and user name are the id of the appliance, with its password.'),
  'foreign-will': fault(reason.notAuthorized, 'A will is said on the own status topic.'),
  closing: fault(reason.unavailable, 'The service is stopping; connect again when it is back.'),
  staff: fault(
    reason.wrongPassword,
    'A program of the staff signs in with a key whose roles may see signals, and no will.',
  ),
}
