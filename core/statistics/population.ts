import type { ApplianceId } from '../ids.ts'
import { there } from './nth.ts'

/** A part of a state's copy: which part of the program, whose, and what. */
export type Piece = [section: string, id: string, value: unknown]

/** A copy under way. The state may go on changing: the copy is of the moment when it began. */
export interface Copy {
  /** Hands out so many pieces more. @returns whether the copy is whole */
  step(pieces: number): boolean
}
export interface Copyable {
  /**
   * Begins a copy; what is small is handed out at once. One at a time.
   * @param out must write a piece down before it returns: it is the living state
   */
  copy(out: (piece: Piece) => void): Copy
}

/**
 * A state by appliance, of which a copy can be taken without stopping: whatever is asked for is handed out first, so
 * that it may be changed. Who keeps a value from before the copy began must ask again before changing it.
 */
export class Population<T> {
  #section: string
  #encode: (value: T, id: ApplianceId) => unknown
  #entries = new Map<ApplianceId, T>()
  /** Not handed out yet, while a copy is under way. */
  #left: Set<ApplianceId> | undefined
  #out: (piece: Piece) => void = () => undefined

  constructor(section: string, encode: (value: T, id: ApplianceId) => unknown = (value) => value) {
    this.#section = section
    this.#encode = encode
  }

  get(id: ApplianceId): T | undefined {
    if (this.#left !== undefined) this.#handOut(id)
    return this.#entries.get(id)
  }
  has(id: ApplianceId): boolean {
    return this.#entries.has(id)
  }
  set(id: ApplianceId, value: T): void {
    if (this.#left !== undefined) this.#handOut(id)
    this.#entries.set(id, value)
  }
  delete(id: ApplianceId): void {
    if (this.#left !== undefined) this.#handOut(id)
    this.#entries.delete(id)
  }
  clear(): void {
    for (const id of this.#left ?? []) this.#handOut(id)
    this.#entries.clear()
  }
  /** To look at, not to change: `get` what is to be changed. */
  get all(): ReadonlyMap<ApplianceId, T> {
    return this.#entries
  }

  beginCopy(out: (piece: Piece) => void): void {
    this.#left = new Set(this.#entries.keys())
    this.#out = out
  }
  /** @returns how many pieces it handed out, at most `most`; fewer when that was all */
  copySome(most: number): number {
    let done = 0
    for (const id of this.#left ?? []) {
      if (done === most) return done
      this.#handOut(id)
      done++
    }
    this.#left = undefined
    return done
  }

  #handOut(id: ApplianceId): void {
    if (!this.#left?.delete(id)) return
    this.#out([this.#section, id, this.#encode(there(this.#entries.get(id)), id)])
  }
}

/** A copy of several populations, after what is small. */
export function beginCopy(
  out: (piece: Piece) => void,
  small: Piece,
  populations: Pick<Population<unknown>, 'beginCopy' | 'copySome'>[],
): Copy {
  out(small)
  for (const population of populations) population.beginCopy(out)
  return {
    step(pieces) {
      let left = pieces
      for (const population of populations) {
        left -= population.copySome(left)
        if (left <= 0) return false
      }
      return true
    },
  }
}

/** The whole copy at once, for who needs it in memory. */
export function wholeCopy(state: Copyable): Piece[] {
  const pieces: Piece[] = []
  const copy = state.copy((piece) => pieces.push(structuredClone(piece)))
  while (!copy.step(1_000));
  return pieces
}
