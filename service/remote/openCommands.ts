import {
  type ApplianceCommand,
  type ApplianceId,
  type Clock,
  type CommandQueue,
  type Database,
  type Millis,
  newSecret,
  notFound,
  SECOND,
  type UnitOfWork,
} from '../../core/index.ts'
import { readable } from '../../database/index.ts'
import {
  type CommandPage,
  type CommandRecord,
  insertCommand,
  listCommands,
  openCommandStates,
  toCommand,
} from './commandTable.ts'

export interface NewCommand {
  appliance: ApplianceId
  type: string
  params: Record<string, unknown>
  expiresInSeconds: number
  by: string
  ticket?: string
}

export interface Commands extends Pick<CommandQueue, 'waiting' | 'remainingMs' | 'onQueued' | 'delivered'> {
  /** What is to be written down; whoever does says `queued` once that is committed. */
  prepare(command: NewCommand): CommandRecord
  /** It is committed: whoever listens for this appliance gets it now. */
  queued(command: CommandRecord): void
  /** The same with the next turn of time, if the transaction that it is written in commits. */
  queuedOnCommit(command: CommandRecord): void
  /** Writes it down and queues it. */
  send(command: NewCommand): Promise<CommandRecord>
  list(appliance: ApplianceId, page: CommandPage): ReturnType<typeof listCommands>
  /** @throws Problem `not-found` */
  get(id: string): Promise<CommandRecord>
  /** The appliances for which something waits. */
  awaited(): ApplianceId[]
  /** Nothing more is expected: it was answered. */
  ended(id: string, appliance: ApplianceId): void
  /** The appliance is out of service: what it was still to do fails. @returns makes it known, after the commit */
  retired(tx: UnitOfWork, appliance: ApplianceId): Promise<() => void>
  /** These may have been changed by another process: they are read again. Absent: all may. */
  reload(ids?: ReadonlySet<string>): Promise<void>
  /** Time passed: what was written down meanwhile is queued, and what nobody answered has expired. */
  expire(tx: UnitOfWork): Promise<void>
}

/** Every command of this world with what became of it. Those that may still be delivered are known in memory. */
class HeldCommands implements Commands {
  readonly #database: Database
  readonly #clock: Clock
  readonly #open = new Map<ApplianceId, CommandRecord[]>()
  readonly #listeners: ((appliance: ApplianceId) => void)[] = []
  /** Within a transaction that may yet be undone. Bounded by what one turn opens. */
  readonly #written = new Map<string, CommandRecord>()
  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  /** What is still open in this world. */
  async load(): Promise<void> {
    const rows = await this.#database.query
      .selectFrom('applianceCommand')
      .selectAll()
      .where('state', 'in', openCommandStates)
      .orderBy('createdAt')
      .orderBy('id')
      .execute()
    for (const record of readable(rows, toCommand)) this.#remember(record)
  }

  #remember(record: CommandRecord): void {
    // Another process may have told of it first.
    if (this.#open.get(record.appliance)?.some(({ id }) => id === record.id)) return
    this.#open.set(record.appliance, [...(this.#open.get(record.appliance) ?? []), record])
  }
  #forget(appliance: ApplianceId, keep: (record: CommandRecord) => boolean): void {
    const left = this.#open.get(appliance)?.filter(keep) ?? []
    if (left.length > 0) this.#open.set(appliance, left)
    else this.#open.delete(appliance)
  }

  readonly waiting = (appliance: ApplianceId): ApplianceCommand[] =>
    (this.#open.get(appliance) ?? none)
      .filter(({ state, expires }) => state === 'queued' && expires > this.#clock.now())
      .map(({ id, type, params, expires }) => ({ id, type, params, expires }))
  readonly remainingMs = ({ expires }: ApplianceCommand): Millis => expires - this.#clock.now()
  readonly onQueued = (listener: (appliance: ApplianceId) => void): void => void this.#listeners.push(listener)
  readonly delivered = async (appliance: ApplianceId, id: string): Promise<void> => {
    const now = this.#clock.now()
    // Before it is committed, so that it is not sent twice meanwhile; after a crash between it is.
    const record = this.#open.get(appliance)?.find((one) => one.id === id)
    if (record) record.state = 'delivered'
    await this.#database.transaction((tx) =>
      tx
        .updateTable('applianceCommand')
        .set({ state: 'delivered', deliveredAt: now })
        .where('id', '=', id)
        .where('state', '=', 'queued')
        .execute(),
    )
  }

  prepare({ expiresInSeconds, ...command }: NewCommand): CommandRecord {
    const now = this.#clock.now()
    return {
      ...command,
      id: `cmd-${newSecret().slice(0, 16)}`,
      createdAt: now,
      expires: now + Math.ceil(expiresInSeconds * SECOND),
      state: 'queued',
    }
  }
  queued(record: CommandRecord): void {
    this.#remember(record)
    for (const listener of this.#listeners) listener(record.appliance)
  }
  queuedOnCommit(record: CommandRecord): void {
    this.#written.set(record.id, record)
  }
  /** Which of those that were written in a transaction before this one are in the table? The others were undone. */
  async #lookForWritten(tx: UnitOfWork): Promise<void> {
    const ids = [...this.#written.keys()]
    if (ids.length === 0) return
    const rows = await tx.selectFrom('applianceCommand').select('id').where('id', 'in', ids).execute()
    for (const { id } of rows) {
      const record = this.#written.get(id)
      this.#written.delete(id)
      if (record) this.queued(record)
    }
    for (const [id, { expires }] of this.#written) if (expires <= this.#clock.now()) this.#written.delete(id)
  }
  async send(command: NewCommand): Promise<CommandRecord> {
    const record = this.prepare(command)
    await this.#database.transaction((tx) => insertCommand(tx, record))
    this.queued(record)
    return record
  }

  list(appliance: ApplianceId, page: CommandPage): ReturnType<typeof listCommands> {
    return listCommands(this.#database, appliance, page)
  }
  async get(id: string): Promise<CommandRecord> {
    const row = await this.#database.query
      .selectFrom('applianceCommand')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst()
    if (!row) throw notFound('command', id)
    return toCommand(row)
  }
  awaited(): ApplianceId[] {
    return [...this.#open.keys()]
  }
  ended(id: string, appliance: ApplianceId): void {
    this.#forget(appliance, (record) => record.id !== id)
  }

  async retired(tx: UnitOfWork, appliance: ApplianceId): Promise<() => void> {
    await tx
      .updateTable('applianceCommand')
      .set({ state: 'failed', detail: 'the appliance was retired' })
      .where('appliance', '=', appliance)
      .where('state', 'in', openCommandStates)
      .execute()
    return () => void this.#open.delete(appliance)
  }
  async reload(ids?: ReadonlySet<string>): Promise<void> {
    const known = new Map([...this.#open.values()].flat().map((record) => [record.id, record]))
    const asked = ids && [...ids]
    const rows = await this.#database.query
      .selectFrom('applianceCommand')
      .selectAll()
      .$if(asked !== undefined, (of) => of.where('id', 'in', asked ?? []))
      .where('state', 'in', openCommandStates)
      .orderBy('createdAt')
      .orderBy('id')
      .execute()
    const open = new Set(rows.map(({ id }) => id))
    for (const record of readable(rows, toCommand)) {
      const held = known.get(record.id)
      // What was sent here is not taken back by what was read before that was written.
      if (held && record.state === 'delivered') held.state = 'delivered'
      if (!held && !this.#written.has(record.id)) this.queued(record)
    }
    for (const { id, appliance } of known.values())
      if ((ids?.has(id) ?? true) && !open.has(id)) this.ended(id, appliance)
  }
  async expire(tx: UnitOfWork): Promise<void> {
    await this.#lookForWritten(tx)
    const now = this.#clock.now()
    const due = [...this.#open].filter(([, records]) => records.some(({ expires }) => expires <= now))
    if (due.length === 0) return
    const rows = await tx
      .selectFrom('applianceCommand')
      .select('id')
      .where('state', 'in', openCommandStates)
      .where('expires', '<=', now)
      .execute()
    if (rows.length > 0) {
      await tx
        .updateTable('applianceCommand')
        .set({ state: 'expired' })
        .where('state', 'in', openCommandStates)
        .where('expires', '<=', now)
        .execute()
    }
    // What is written here may yet be undone: it is forgotten once the table is found to say so.
    const written = new Set(rows.map(({ id }) => id))
    for (const [appliance] of due) this.#forget(appliance, ({ id, expires }) => expires > now || written.has(id))
  }
}

export async function openCommands(database: Database, clock: Clock): Promise<Commands> {
  const commands = new HeldCommands(database, clock)
  await commands.load()
  return commands
}

const none: readonly CommandRecord[] = []
