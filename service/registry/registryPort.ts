import type { Catalog } from '../../catalog/index.ts'
import type {
  Appliance,
  Clock,
  CohortIndex,
  Database,
  DeviceDirectory,
  Gateway,
  Millis,
  PersonRef,
  Registration,
  UnitOfWork,
} from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { Credentials } from './registration.ts'

/** What exists, whom it belongs to, and who may sign in. Held in memory as well, because every CONNECT asks. */
export interface Registry extends DeviceDirectory {
  /** New ones get a secret; known ones change only in what differs. All of them, or none. */
  register(registrations: Registration[]): Promise<(Appliance & { mqtt: Credentials })[]>
  /**
   * New secrets. The former ones are good besides for so long, or until the new one is first used; without, they end at once.
   * One who has not used its last new secret keeps the one that it has.
   * @throws Problem `not-found`; then none is made
   */
  rotateSecrets(ids: readonly string[], overlap: Millis): Promise<{ until: Millis; made: Credentials[] }>
  /** Those that have not used their new secret yet, with the end of their former one; the first to end first. */
  rotating(): { id: string; until: Millis; isOver: boolean }[]
  transfer(id: string, to: Pick<Registration, 'homeId' | 'owner' | 'location'>): Promise<Appliance>
  retire(id: string): Promise<Appliance>
  /** This person is erased: where it is theirs it goes on without an owner, and without where it stands. */
  forgetOwner(id: string, person: PersonRef): Promise<Appliance>
  /** Ends the links to its owner's pages, the sticker's included; new ones are made on demand. */
  renewLinks(id: string): Promise<void>
  /** Tells detection anew of every appliance of these kinds: their catalog entry is new or has changed. */
  announceAgain(kinds: ReadonlySet<string>): Promise<void>
  registerGateway(gateway: Gateway): Promise<Gateway & { mqtt: Credentials }>
  /**
   * What appliances themselves say that they run.
   * @returns makes it known, once the transaction has committed
   */
  heardFirmware(tx: UnitOfWork, heard: { appliance: string; firmware: string }[]): Promise<() => void>
  gateways(): string[]
  /** Is it the id of an appliance, retired or not, or of a gateway? */
  knows(id: string): boolean
  /** The gateways that speak for it. */
  gatewaysOf(id: string): string[]
  /** @throws Problem `not-found` */
  get(id: string): Appliance
  /** @throws Problem `not-found`, or `retired` */
  inService(id: string): Appliance
  /** All of them, in the order of registration; retired ones last. */
  all(): Appliance[]
  /** What they share with each other. */
  cohorts: CohortIndex
}

/** What a registry is opened with. */
export interface RegistryOptions {
  database: Database
  catalog: Catalog
  clock: Clock
  wall: Clock
  secretKey: Uint8Array
  /** Its former owner's data and links go, in the transaction of the transfer. @returns makes it known, after the commit */
  ownerLeft: (tx: UnitOfWork, appliance: string, now: Registration['owner']) => Promise<() => void>
  /** Where the desk is, for numbers without a country. */
  rules: () => Pick<Policy, 'timeZone' | 'holidays'>
  renewLinks: (tx: UnitOfWork, appliance: string) => Promise<() => void>
  /** What was under way for it ends, in the transaction that retires it. @returns makes it known, after the commit */
  retired: (tx: UnitOfWork, appliance: string) => Promise<() => void>
  /** May this gateway say foreign topics? One that does so for a single appliance is its plug, and moves along. */
  isSource: (tx: UnitOfWork, gateway: string) => Promise<boolean>
  /**
   * Where there are several organisations: nobody else may take these ids until what is returned is called.
   * @throws Problem `id-taken`
   */
  reserve?: ((ids: readonly string[]) => () => void) | undefined
}
