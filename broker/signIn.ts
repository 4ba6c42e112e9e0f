import { timingSafeEqual } from 'node:crypto'
import { type Device, type DeviceDirectory, hashSecret } from '../core/index.ts'
import { ownTopic, speaksOf, upTopic } from './topics.ts'

const NOBODY = Buffer.alloc(32)

export interface Credentials {
  id: string
  username: string | undefined
  password: Buffer | undefined
  /** Topic of its will. */
  will: string | undefined
  /** It shows a certificate of its own name, by somebody whom we believe: then it needs no password. */
  isVouchedFor: boolean
}

/** Who signs in, or why not. */
export function signIn(
  directory: DeviceDirectory,
  secretKey: Uint8Array,
  { id, username, password, will, isVouchedFor }: Credentials,
): Device | 'unknown' | 'foreign-will' {
  const device = directory.find(id)
  const known = knownSecret(secretKey, device, password)
  if (!device || !((known && username === id) || (!password && isVouchedFor))) return 'unknown'
  if (known === 'present' && device.former) directory.tookSecret?.(id)
  return will === undefined || mayWill(device, will) ? device : 'foreign-will'
}

/** Takes as long for a device that there is not, and for one without a former secret. */
function knownSecret(
  secretKey: Uint8Array,
  device: Device | undefined,
  password: Buffer | undefined,
): 'present' | 'former' | undefined {
  const given = hashSecret(secretKey, password?.toString() ?? '')
  const is = (hash: Uint8Array | undefined): boolean =>
    timingSafeEqual(given, hash?.length === given.length ? hash : NOBODY) && password !== undefined
  const [isPresent, isFormer] = [is(device?.secretHash), is(device?.former?.secretHash)]
  return isPresent ? 'present' : isFormer ? 'former' : undefined
}

/** A will says that its appliance is gone; one on a topic of its own that nobody knows says nothing, and is dropped. */
function mayWill(device: Device, topic: string): boolean {
  const known = upTopic(device, topic)
  if (known) return known.rest === 'status'
  return speaksOf(device, topic) !== undefined && ownTopic(device, topic)?.rest !== 'command'
}
