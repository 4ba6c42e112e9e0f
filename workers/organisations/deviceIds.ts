import { Problem } from '../../core/index.ts'

/** Does an organisation know this id of an appliance or a gateway? */
type Knows = (id: string) => boolean

/**
 * Whose the ids of devices are: each is one organisation's in the whole installation. Registries are held in memory, so all
 * of them are asked at once; who makes one holds its id until it is known.
 */
export class DeviceIds {
  readonly #organisations = new Map<string, Knows>()
  /** Being made: id → organisation. */
  readonly #held = new Map<string, string>()

  /** From now on its ids are nobody else's. */
  join(organisation: string, knows: Knows): void {
    this.#organisations.set(organisation, knows)
  }
  /** Whose it is; undefined: nobody's. */
  ownerOf(id: string): string | undefined {
    for (const [organisation, knows] of this.#organisations) if (knows(id)) return organisation
    return undefined
  }
  /** @returns lets go of them @throws Problem `id-taken`, which says no more */
  reserve(organisation: string, ids: readonly string[]): () => void {
    for (const id of ids) {
      const owner = this.#held.get(id) ?? this.ownerOf(id)
      if (owner !== undefined && owner !== organisation) throw idTaken(id)
    }
    const mine = ids.filter((id) => !this.#held.has(id))
    for (const id of mine) this.#held.set(id, organisation)
    return () => {
      for (const id of mine) this.#held.delete(id)
    }
  }
}

/** In the same words whatever it is, and whose. */
export const idTaken = (id: string): Problem =>
  new Problem({
    code: 'id-taken',
    message: `The id '${id}' is taken.`,
    remedy: 'Choose another id.',
    concerns: id,
    status: 409,
  })
