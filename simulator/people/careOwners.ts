import { DAY, HOUR, logUniform, type Millis, SeededRandom, uniform } from '../../core/index.ts'
import type { Chore } from '../appliances/cleaning.ts'
import { type Fault, severityOf } from '../appliances/faults.ts'
import type { ApiClient } from './apiClient.ts'
import { seenBy } from './seenByOwner.ts'

/** A mail that came to an owner. */
export interface Letter {
  key: string
  appliance: string
  subject: string
  text: string
}
export interface CareOwnersOptions {
  seed: number
  api: ApiClient
  appliances: readonly { id: string; kind: string; homeId?: string | undefined }[]
  /** The faults of an appliance, as they truly are: what owners see of them is what physics shows. */
  faultsOf: (appliance: string) => readonly Fault[]
  /** Somebody cleans; the physics knows whether that took anything off. */
  clean: (appliance: string, chore: Chore, care: number) => void
}

/** What owners agree to when they are asked, once: each purpose by itself, each home by itself. */
const AGREES = { 'care-tips': 0.6, offers: 0.2, greetings: 0.35 } as const
/** Homes that never do what a letter asks; in the others something between these is done of all that is read. */
const NEVER = 0.3
const DOES = [0.25, 0.85] as const
/** Within so long they remember what they were sent; from the third on each letter is half as likely to be followed. */
const REMEMBERS = 60 * DAY
const PATIENCE = 2
/** Who was sent that many of a campaign withdraws, one of four times. */
const TOO_MANY = 4
const WITHDRAWS = 0.25
/** Of those who are told to have it looked at, so many book. */
const BOOKS = 0.06

/** What the words of a letter ask of somebody who has such an appliance: the letter is all that they know. */
const asks: readonly { kind: string; words: RegExp; chore: Chore }[] = [
  { kind: 'ac', words: /rinse (?:its|the) filter|冲洗滤网|清洗空调滤网/i, chore: 'rinse-filter' },
  { kind: 'fridge', words: /dust (?:off|at) the back|背面的灰尘|背部积灰/i, chore: 'brush-back' },
  { kind: 'washer', words: /descale|除垢/i, chore: 'descale' },
  { kind: 'washer', words: /run it empty at 90|空筒运行一次 90/i, chore: 'hot-wash' },
]
const TRY_OUT = /let it run for ten minutes|试运行十分钟/i
const BOOK = /report it here, and we come|在此报修/i

interface Plan {
  at: Millis
  appliance: string
  does: Chore | 'try-out' | 'book'
}

/** What came of it, as it truly was. */
export interface CareTruth {
  letters: number
  followed: number
  withdrawn: number
  booked: number
  tried: number
}

/** Owners who get reminders, tips and offers: each follows some by their own rules, and is tired of too many. */
export class CareOwners {
  readonly truth: CareTruth = { letters: 0, followed: 0, withdrawn: 0, booked: 0, tried: 0 }
  readonly #options: CareOwnersOptions
  #plans: Plan[] = []
  #sent = new Map<string, Millis[]>()
  #kinds: ReadonlyMap<string, string>
  #homes: ReadonlyMap<string, string>
  constructor(options: CareOwnersOptions) {
    this.#options = options
    this.#kinds = new Map(options.appliances.map(({ id, kind }) => [id, kind]))
    this.#homes = new Map(options.appliances.map(({ id, homeId }) => [id, homeId ?? id]))
  }

  /** Each home is asked once what it agrees to, on the page of its data. */
  async consent(): Promise<void> {
    const asked = new Set<string>()
    for (const { id } of this.#options.appliances) {
      const home = this.#homeOf(id)
      if (asked.has(home)) continue
      asked.add(home)
      for (const [purpose, share] of Object.entries(AGREES))
        if (this.#random(`agrees/${home}/${purpose}`).next() < share) await this.#say(id, purpose, true)
    }
  }

  /** Reads what came, and does what is due. */
  async act(now: Millis, letters: readonly Letter[]): Promise<void> {
    for (const letter of letters) await this.#read(letter, now)
    const due = this.#plans.filter(({ at }) => at <= now)
    if (due.length === 0) return
    this.#plans = this.#plans.filter(({ at }) => at > now)
    for (const plan of due) await this.#do(plan, now)
  }

  /** A set of filters that somebody had for points is put in when it has come, where they have an air conditioner. */
  expectsFilter(of: string, now: Millis): void {
    const home = this.#homeOf(of)
    const random = this.#random(`filter/${home}/${now}`)
    const appliance = this.#options.appliances.find(({ id, kind }) => kind === 'ac' && this.#homeOf(id) === home)?.id
    if (appliance) this.#plans.push({ at: now + uniform(random, 2, 12) * DAY, appliance, does: 'new-filter' })
  }

  async #read({ key, appliance, subject, text }: Letter, now: Millis): Promise<void> {
    const home = this.#homeOf(appliance)
    const lately = [...(this.#sent.get(home) ?? []).filter((at) => at > now - REMEMBERS), now]
    this.#sent.set(home, lately)
    this.truth.letters++
    const random = this.#random(`letter/${key}`)
    if (key.startsWith('campaign/') && lately.length >= TOO_MANY && random.next() < WITHDRAWS) {
      await this.#say(appliance, 'care-tips', false)
      this.truth.withdrawn++
    }
    const tired = 2 ** Math.max(0, lately.length - PATIENCE)
    const does = this.#willOf(home) / tired
    const when = (): Millis => now + logUniform(random, 6, 240) * HOUR
    const said = `${subject}\n${text}`
    const asked = asks.find(({ kind, words }) => kind === this.#kinds.get(appliance) && words.test(said))
    if (asked && random.next() < does) this.#plans.push({ at: when(), appliance, does: asked.chore })
    if (TRY_OUT.test(said) && random.next() < does) this.#plans.push({ at: when(), appliance, does: 'try-out' })
    if (BOOK.test(said) && random.next() < BOOKS / tired) this.#plans.push({ at: when(), appliance, does: 'book' })
  }

  async #do({ appliance, does, at }: Plan, now: Millis): Promise<void> {
    const random = this.#random(`does/${appliance}/${does}/${at}`)
    if (does === 'book') {
      this.truth.booked++
      return this.#report(appliance, 'Please come and look at its plug, cable and earth.')
    }
    if (does !== 'try-out') {
      this.truth.followed++
      return this.#options.clean(appliance, does, random.next())
    }
    this.truth.tried++
    const fault = this.#options
      .faultsOf(appliance)
      .find(({ repairedAt, onset }) => repairedAt === undefined && onset <= now)
    const there = fault && { ...fault, severity: severityOf(fault, now) }
    if (seenBy('ac', 'not-cold', there, random) !== 'yes') return
    this.truth.booked++
    await this.#report(appliance, 'I tried it out, and it does not cool as it did.')
  }

  async #report(appliance: string, text: string): Promise<void> {
    await this.#options.api.call('POST', `/api/appliances/${appliance}/report`, { text }).catch(() => undefined)
  }
  #say(appliance: string, purpose: string, given: boolean): Promise<unknown> {
    return this.#options.api.call('POST', `/api/appliances/${appliance}/consents`, { purpose, given })
  }
  /** Share of what a home reads that it does. */
  #willOf(home: string): number {
    const random = this.#random(`will/${home}`)
    return random.next() < NEVER ? 0 : uniform(random, ...DOES)
  }
  #homeOf(appliance: string): string {
    return this.#homes.get(appliance) ?? appliance
  }
  #random(what: string): SeededRandom {
    return new SeededRandom(this.#options.seed, what)
  }
}
