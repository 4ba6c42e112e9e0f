import type { Database, DatabaseMigration, Millis, UnitOfWork } from '../core/index.ts'
import { keyOf } from './heard.ts'

declare module '../core/database.ts' {
  interface Tables {
    /** A value of a foreign device, and the appliance's metric that it is. */
    mappedValue: {
      source: string
      format: string
      device: string
      value: string
      appliance: string
      metric: string
      deadband: number | null
    }
    /** A device of ours that may publish to whatever topic. */
    mappedSource: { id: string; addedAt: Millis }
  }
}

export const mappingMigrations: DatabaseMigration[] = [
  {
    name: '0161-mapping',
    async up(db) {
      await db.schema
        .createTable('mappedValue')
        .addColumn('source', 'text', (c) => c.notNull())
        .addColumn('format', 'text', (c) => c.notNull())
        .addColumn('device', 'text', (c) => c.notNull())
        .addColumn('value', 'text', (c) => c.notNull())
        .addColumn('appliance', 'text', (c) => c.notNull())
        .addColumn('metric', 'text', (c) => c.notNull())
        .addColumn('deadband', 'double precision')
        .addPrimaryKeyConstraint('mappedValueKey', ['source', 'format', 'device', 'value'])
        .execute()
      await db.schema
        .createTable('mappedSource')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('addedAt', 'bigint', (c) => c.notNull())
        .execute()
    },
  },
]

/** What is mapped to an appliance is nobody's from now on, in the transaction that retires it. */
export const forgetMapped = async (tx: UnitOfWork, appliance: string): Promise<void> =>
  void (await tx.deleteFrom('mappedValue').where('appliance', '=', appliance).execute())

/** May this gateway publish to whatever topic? As the transaction has it. */
export const isMappedSource = async (tx: UnitOfWork, gateway: string): Promise<boolean> =>
  (await tx.selectFrom('mappedSource').select('id').where('id', '=', gateway).executeTakeFirst()) !== undefined

/** From any source: what a mapping file says. */
export const ANY_SOURCE = '*'

export interface Binding {
  source: string
  format: string
  device: string
  value: string
  appliance: string
  metric: string
  /** How far it must move to count, in its own unit; 0: any change; undefined: everything counts. */
  deadband: number | undefined
}

/** Which values are whose metrics, in memory for every message, in the database for the next start. */
export class Bindings {
  readonly #database: Database
  readonly #ofDevice = new Map<string, Binding[]>()
  readonly #sources = new Set<string>()
  constructor(database: Database) {
    this.#database = database
  }

  async load(): Promise<void> {
    const rows = await this.#database.query.selectFrom('mappedValue').selectAll().execute()
    for (const row of rows) this.remember({ ...row, deadband: row.deadband ?? undefined })
    for (const { id } of await this.#database.query.selectFrom('mappedSource').select('id').execute())
      this.#sources.add(id)
  }

  isOpen(source: string): boolean {
    return this.#sources.has(source)
  }
  sources(): string[] {
    return [...this.#sources]
  }
  async openSource(id: string, addedAt: Millis): Promise<void> {
    await this.#database.transaction((tx) =>
      tx
        .insertInto('mappedSource')
        .values({ id, addedAt })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute(),
    )
    this.#sources.add(id)
  }

  of(source: string, format: string, device: string): readonly Binding[] {
    return (
      this.#ofDevice.get(keyOf(source, format, device)) ?? this.#ofDevice.get(keyOf(ANY_SOURCE, format, device)) ?? NONE
    )
  }
  /** Those of devices whose names go on after this one's. */
  below(source: string, format: string, device: string): Binding[] {
    return this.all().filter(
      (one) =>
        one.format === format &&
        (one.source === source || one.source === ANY_SOURCE) &&
        one.device.startsWith(`${device}/`),
    )
  }
  all(): Binding[] {
    return [...this.#ofDevice.values()].flat()
  }

  async bind(bindings: readonly Binding[]): Promise<void> {
    await this.#database.transaction(async (tx) => {
      for (const { deadband, ...binding } of bindings) {
        const row = { ...binding, deadband: deadband ?? null }
        await tx
          .insertInto('mappedValue')
          .values(row)
          .onConflict((conflict) => conflict.columns(['source', 'format', 'device', 'value']).doUpdateSet(row))
          .execute()
      }
    })
    for (const binding of bindings) this.remember(binding)
  }
  /** @returns how many values were mapped to it */
  async unbind(appliance: string): Promise<number> {
    await this.#database.transaction((tx) => forgetMapped(tx, appliance))
    return this.forget(appliance)
  }
  /** Of what is written down no more. @returns how many values were mapped to it */
  forget(appliance: string): number {
    let count = 0
    for (const [key, bindings] of this.#ofDevice) {
      const left = bindings.filter((binding) => binding.appliance !== appliance)
      count += bindings.length - left.length
      if (left.length > 0) this.#ofDevice.set(key, left)
      else this.#ofDevice.delete(key)
    }
    return count
  }

  /** Of a file: it is not written down. */
  remember(binding: Binding): void {
    const key = keyOf(binding.source, binding.format, binding.device)
    const others = (this.#ofDevice.get(key) ?? []).filter(({ value }) => value !== binding.value)
    this.#ofDevice.set(key, [...others, binding])
  }
}
const NONE: readonly Binding[] = []
