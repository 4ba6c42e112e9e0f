import { HOUR, type Millis, SeededRandom } from '../../core/index.ts'
import type { ApiClient } from './apiClient.ts'

/** Of the calls to somebody to whom nothing can be written so many are answered. */
const ANSWERED = 0.35
/** UTC: by day in every region. */
const CALLS = [7, 12] as const

/** A desk that calls owners to whom nothing can be written, some hours of each day, until they answer. */
export class DeskCalls {
  readonly #api: ApiClient
  readonly #seed: number
  constructor(api: ApiClient, seed: number) {
    this.#api = api
    this.#seed = seed
  }
  async act(now: Millis): Promise<void> {
    const hour = (now / HOUR) % 24
    if (hour < CALLS[0] || hour >= CALLS[1]) return
    const { items } = await this.#api.call<{ items: { id: string }[] }>('GET', '/api/tasks?type=reach')
    for (const { id } of items) {
      if (new SeededRandom(this.#seed, `reached/${id}/${now}`).next() >= ANSWERED) continue
      await this.#api.call('POST', '/api/tasks/done', { id, outcome: 'They were told by telephone.' })
    }
  }
}
