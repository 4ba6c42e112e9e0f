/** As much of the library's adapter as our own tables use. */
interface Adapter {
  create(input: { model: string; data: Record<string, unknown> }): Promise<unknown>
  findMany(input: { model: string; where: Where[]; limit?: number }): Promise<unknown[]>
  update(input: { model: string; where: Where[]; update: Record<string, unknown> }): Promise<unknown>
  deleteMany(input: { model: string; where: Where[] }): Promise<unknown>
}
interface Where {
  field: string
  value: string
}
type Model = 'apiKey' | 'secondFactor' | 'passkey' | 'organisation' | 'membership'

const MOST_ROWS = 100_000

/** Our tables beside the library's, in its database, whichever that is. Rows are typed by who declares their table. */
export function ownTable(adapter: Adapter) {
  const whereOf = (of: Record<string, string>): Where[] =>
    Object.entries(of).map(([field, value]) => ({ field, value }))
  return {
    create: async <Row>(model: Model, data: Partial<Row>): Promise<Row> =>
      (await adapter.create({ model, data })) as Row,
    find: async <Row>(model: Model, of: Record<string, string>): Promise<Row[]> =>
      (await adapter.findMany({ model, where: whereOf(of), limit: MOST_ROWS })) as Row[],
    update: async (model: Model, id: string, update: Record<string, unknown>): Promise<void> =>
      void (await adapter.update({ model, where: whereOf({ id }), update })),
    remove: async (model: Model, of: Record<string, string>): Promise<void> =>
      void (await adapter.deleteMany({ model, where: whereOf(of) })),
  }
}
