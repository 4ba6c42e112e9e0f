import { DAY, type Millis } from '../../core/index.ts'
import type { ApiClient } from './apiClient.ts'

/** A retraining takes so long. */
const RETRAINING = 5 * DAY

interface Person {
  id: string
  isolated?: string
  retraining?: { failureMode: string; since: Millis; passedAt?: Millis }[]
}

/**
 * Supervisors, once a day: they call the owners whose rating asks for it, and bring isolated engineers back when their
 * retraining is over. Without them a year would end with nobody left to send.
 */
export class Supervisors {
  #api: ApiClient
  #day = Number.NEGATIVE_INFINITY
  constructor(api: ApiClient) {
    this.#api = api
  }

  async act(now: Millis): Promise<void> {
    const day = Math.floor(now / DAY)
    if (day === this.#day) return
    this.#day = day
    const tasks = await this.#api.call<{ items: { id: string }[] }>('GET', '/api/tasks?type=supervisor')
    for (const { id } of tasks.items) {
      await this.#api.call('POST', '/api/tasks/done', {
        id,
        outcome: 'The owner was called, the engineer was heard.',
      })
    }
    const { items } = await this.#api.call<{ items: Person[] }>('GET', '/api/engineers?limit=1000')
    for (const { id, isolated, retraining = [] } of items) {
      const running = retraining.filter(({ passedAt }) => passedAt === undefined)
      const over = running.filter(({ since }) => now - since >= RETRAINING)
      for (const { failureMode } of over) {
        const why = 'passed the exam after retraining'
        await this.#api.call('POST', `/api/engineers/${id}/retraining/pass`, { failureMode, why })
      }
      if (isolated !== undefined && over.length === running.length) {
        await this.#api.call('POST', `/api/engineers/${id}/lift`, { why: 'retrained, and heard by the supervisor' })
      }
    }
  }
}
