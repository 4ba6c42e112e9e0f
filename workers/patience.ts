/** Lets so many in at a time; the rest wait their turn. */
export class Patience {
  #inside = 0
  #most: number
  #waiting: (() => void)[] = []
  #whenEmpty: (() => void)[] = []
  constructor(most: number) {
    this.#most = most
  }
  async enter(): Promise<void> {
    while (this.#inside >= this.#most) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#inside++
  }
  leave(): void {
    this.#inside--
    this.#waiting.shift()?.()
    if (this.#inside === 0) for (const resolve of this.#whenEmpty.splice(0)) resolve()
  }
  async empty(): Promise<void> {
    if (this.#inside > 0) await new Promise<void>((resolve) => this.#whenEmpty.push(resolve))
  }
}
