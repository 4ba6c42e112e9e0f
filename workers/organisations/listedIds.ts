import { idTaken } from './deviceIds.ts'

/** Ids of engineers, or of stock places: few, seldom made, and each one organisation's in the whole installation. */
export class ListedIds {
  readonly #lists = new Map<string, () => Promise<readonly string[]>>()
  /** Being made: id → organisation. */
  readonly #held = new Map<string, string>()

  /** From now on its ids are nobody else's. */
  join(organisation: string, list: () => Promise<readonly string[]>): void {
    this.#lists.set(organisation, list)
  }
  /** Does the work with these ids, which nobody else has, or gets meanwhile. @throws Problem `id-taken`, which says no more */
  async taking<T>(organisation: string, ids: readonly string[], work: () => Promise<T>): Promise<T> {
    const others = [...this.#lists].filter(([of]) => of !== organisation)
    if (others.length === 0) return work()
    const held = ids.filter((id) => !this.#held.has(id))
    const foreign = ids.find((id) => (this.#held.get(id) ?? organisation) !== organisation)
    if (foreign !== undefined) throw idTaken(foreign)
    for (const id of held) this.#held.set(id, organisation)
    try {
      for (const [, list] of others) {
        const known = new Set(await list())
        const taken = ids.find((id) => known.has(id))
        if (taken !== undefined) throw idTaken(taken)
      }
      return await work()
    } finally {
      for (const id of held) this.#held.delete(id)
    }
  }
}
