import { type Millis, pick, SeededRandom } from '../../core/index.ts'
import type { ApiClient } from './apiClient.ts'

/** After a visit so many say how likely they recommend the service, and look what they have earned. */
const ANSWERS = 0.5
const LOOKS = 0.4

/** How a rating sounds as a likelihood to recommend, 0 to 10. */
const recommends: Readonly<Record<number, readonly number[]>> = {
  1: [0, 1, 2],
  2: [1, 2, 3, 4],
  3: [4, 5, 6, 7],
  4: [7, 8, 8, 9],
  5: [8, 9, 9, 10, 10],
}
interface Closed {
  id: string
  appliance: string
  ownerLink: string
  rating?: { stars: number }
}

/** Owners who are members: after a visit that they rated some answer the survey, and some look what they have and take it. */
export class MemberOwners {
  readonly truth = { surveyed: 0, looked: 0, redeemed: 0 }
  readonly #seed: number
  readonly #api: ApiClient
  readonly #filterCame: (appliance: string, now: Millis) => void
  #lookedAt: Millis = 0
  #done = new Set<string>()
  constructor(seed: number, api: ApiClient, filterCame: (appliance: string, now: Millis) => void) {
    this.#seed = seed
    this.#api = api
    this.#filterCame = filterCame
  }

  async act(now: Millis): Promise<void> {
    const since = this.#lookedAt
    this.#lookedAt = now
    const { items } = await this.#api.call<{ items: Closed[] }>('GET', `/api/tickets?changedSince=${since}&limit=1000`)
    for (const ticket of items) {
      if (!ticket.rating || this.#done.has(ticket.id)) continue
      this.#done.add(ticket.id)
      await this.#afterRating(ticket, ticket.rating.stars, now)
    }
  }

  async #afterRating({ id, appliance, ownerLink }: Closed, stars: number, now: Millis): Promise<void> {
    const random = new SeededRandom(this.#seed, `member/${id}`)
    const secret = ownerLink.split('/t/')[1]
    if (random.next() < ANSWERS) {
      await this.#api.call('POST', `/api/t/${secret}/nps`, { score: pick(random, recommends[stars] ?? [5]) })
      this.truth.surveyed++
    }
    if (random.next() >= LOOKS) return
    this.truth.looked++
    const { path } = await this.#api.call<{ path: string }>('POST', `/api/t/${secret}/own-page`, {})
    const page = `/api/p/${path.split('/p/')[1]}`
    const { balance, rewards } = await this.#api.call<{ balance: number; rewards: { id: string; points: number }[] }>(
      'GET',
      `${page}/member`,
    )
    const wish = rewards.filter(({ points }) => points <= balance).toSorted((a, b) => b.points - a.points)[0]
    if (!wish) return
    await this.#api.call('POST', `${page}/redeem`, { reward: wish.id })
    this.truth.redeemed++
    if (wish.id === 'filter') this.#filterCame(appliance, now)
  }
}
