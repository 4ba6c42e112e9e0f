/** Lets so much in at a time, by weight; the rest waits its turn. One that is heavier than all that fits goes in alone. */
export class ByteBudget {
  #inside = 0
  #most: number
  #waiting: (() => void)[] = []
  #whenEmpty: (() => void)[] = []
  constructor(most: number) {
    this.#most = most
  }
  async enter(weight: number): Promise<void> {
    while (this.#inside > 0 && this.#inside + weight > this.#most) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    this.#inside += weight
  }
  leave(weight: number): void {
    this.#inside -= weight
    for (const resolve of this.#waiting.splice(0)) resolve()
    if (this.#inside === 0) for (const resolve of this.#whenEmpty.splice(0)) resolve()
  }
  async empty(): Promise<void> {
    if (this.#inside > 0) await new Promise<void>((resolve) => this.#whenEmpty.push(resolve))
  }
}
