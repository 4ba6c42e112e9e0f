// Connections that send readings, repeats and conflicts, and know exactly what the product must hold afterwards.
import { setTimeout as wait } from 'node:timers/promises'
import { type Random, SeededRandom } from '../../core/index.ts'
import type { Program } from '../../test/program.ts'
import { RawClient, type SignIn } from './rawClient.ts'

/** The first reading of every appliance, and the time between two. */
export const FIRST_TS = Date.UTC(2026, 0, 1)
export const CADENCE_MS = 60_000
const KIND = 'fridge'
const KNOCK_AGAIN_MS = 100
/** Repeats and conflicts concern one of so many last messages. */
const REMEMBERED = 20

/** An appliance as its sender knows it: readings 0 to `sent` − 1 exist. */
export interface Appliance {
  id: string
  topic: string
  sent: number
  recent: Message[]
}
export interface Message {
  type: 'new' | 'repeat' | 'conflict'
  appliance: Appliance
  from: number
  size: number
}
/** Messages and readings that may or may not have arrived, and were sent again: each cut of a connection adds to it. */
interface Doubt {
  messages: number
  readings: number
  conflicts: number
}
export interface Tally {
  acked: number
  readings: number
  repeats: number
  conflicts: number
  doubt: Doubt
}

export interface LoadOptions extends Pick<SignIn, 'version' | 'mustBeHeard'> {
  seed: number
  /** Appliances with a connection of their own and one message in flight. */
  alone: number
  /** Connections that speak for five appliances each, with up to 20 messages in flight. */
  gateways: number
  /** Neither repeats nor conflicts: each reading goes in one message alone. */
  plain?: boolean
}

/** All connections of a run. */
export class Load {
  readonly senders: Sender[]
  /** Is called at each PUBACK. */
  onAcked: (message: Message) => void = () => {}
  /** Resolves at the next PUBACK of anyone. */
  #onAck: (() => void)[] = []
  constructor(senders: Sender[]) {
    this.senders = senders
    for (const sender of senders) {
      sender.onAck = (message) => {
        this.onAcked(message)
        if (this.#onAck.length > 0) for (const tell of this.#onAck.splice(0)) tell()
      }
    }
  }

  /** Registers everyone at the program. */
  static async register(program: Program, options: LoadOptions): Promise<Load> {
    const { alone, gateways } = options
    const names = (count: number, prefix: string) => Array.from({ length: count }, (_, i) => `${prefix}-${i}`)
    const own = names(alone, 'alone')
    const behind = names(gateways * 5, 'behind')
    const made = await program.call<{ id: string; mqtt: { password: string } }[]>(
      'POST',
      '/api/appliances',
      [...own, ...behind].map((id) => ({ id, kind: KIND, model: 'M1' })),
    )
    const password = new Map(made.map(({ id, mqtt }) => [id, mqtt.password]))
    const senders = own.map((id) => new Sender(id, password.get(id) ?? '', [id], 1, options))
    for (const [i, id] of names(gateways, 'gateway').entries()) {
      const appliances = behind.slice(i * 5, i * 5 + 5)
      const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/gateways', { id, appliances })
      senders.push(new Sender(id, mqtt.password, appliances, 1 + ((i * 7) % 20), options))
    }
    return new Load(senders)
  }

  /** From now on so many new messages a second of all together; until then as fast as they are answered. */
  pace(perSecond: number): void {
    for (const sender of this.senders) sender.pauseMs = (1_000 * this.senders.length) / perSecond
  }

  get acked(): number {
    return this.senders.reduce((sum, { tally }) => sum + tally.acked, 0)
  }
  get tally(): Tally {
    const sum = noTally()
    for (const { tally } of this.senders) {
      sum.acked += tally.acked
      sum.readings += tally.readings
      sum.repeats += tally.repeats
      sum.conflicts += tally.conflicts
      for (const key of ['messages', 'readings', 'conflicts'] as const) sum.doubt[key] += tally.doubt[key]
    }
    return sum
  }
  nextAck(): Promise<void> {
    return new Promise((resolve) => this.#onAck.push(resolve))
  }
  /** Sends until `acked` reaches `goal`; connections that break are made again. */
  async run(port: number, goal: () => number): Promise<void> {
    await Promise.all(this.senders.map((sender) => sender.run(port, () => this.acked >= goal())))
  }
  /** Everything in doubt is sent again and acknowledged. */
  async settle(port: number): Promise<void> {
    await Promise.all(this.senders.map((sender) => sender.run(port, () => !sender.inDoubt)))
  }
}

const noTally = (): Tally => ({
  acked: 0,
  readings: 0,
  repeats: 0,
  conflicts: 0,
  doubt: { messages: 0, readings: 0, conflicts: 0 },
})

export class Sender {
  readonly id: string
  readonly appliances: Appliance[]
  readonly tally = noTally()
  onAck: (message: Message) => void = () => {}
  #password: string
  #window: number
  #random: Random
  /** Between two new messages, about. */
  pauseMs = 0
  /** In the order in which they were sent first. */
  #unacked: Message[] = []
  #lastAcked: Message | undefined

  readonly #as: Pick<SignIn, 'version' | 'mustBeHeard'>
  readonly #plain: boolean

  constructor(id: string, password: string, appliances: string[], window: number, options: LoadOptions) {
    const { seed, version, mustBeHeard, plain = false } = options
    this.id = id
    this.#as = { version, mustBeHeard }
    this.#plain = plain
    this.#password = password
    this.#window = window
    this.#random = new SeededRandom(seed, id)
    this.appliances = appliances.map((one) => ({
      id: one,
      topic: `appliances/${KIND}/${one}/telemetry`,
      sent: 0,
      recent: [],
    }))
  }

  get inDoubt(): boolean {
    return this.#unacked.length > 0
  }

  /** Sends until `isDone`, over as many connections as it takes. */
  async run(port: number, isDone: () => boolean): Promise<void> {
    while (!isDone()) {
      const signIn = { port, id: this.id, password: this.#password, ...this.#as }
      const client = await RawClient.connect(signIn).catch(() => undefined)
      if (client) await this.#send(client, isDone)
      else await wait(KNOCK_AGAIN_MS)
    }
  }

  async #send(client: RawClient, isDone: () => boolean): Promise<void> {
    // What was in doubt goes first and in its order, as MQTT asks; then what came just before the cut, again and otherwise.
    const first = this.#unacked.splice(0)
    const again = first.length
    if (this.#lastAcked && first.length > 0 && !this.#plain) {
      first.push({ ...this.#lastAcked, type: 'repeat' }, { ...this.#lastAcked, type: 'conflict', size: 1 })
    }
    const inFlight = new Set<Promise<void>>()
    let broken = false
    for (let n = 0; !broken && (n < first.length || !isDone()); n++) {
      if (n >= first.length && this.pauseMs > 0) await wait(2 * this.#random.next() * this.pauseMs)
      const message = first[n] ?? this.#draw()
      this.#unacked.push(message)
      const sent = client
        .publish(message.appliance.topic, body(message), n < again)
        .then(
          () => this.#acknowledged(message),
          () => {
            broken = true
          },
        )
        .finally(() => inFlight.delete(sent))
      inFlight.add(sent)
      if (inFlight.size >= this.#window) await Promise.race(inFlight)
    }
    await Promise.all(inFlight)
    if (!broken) return await client.end()
    // Not yet sent on this connection: not in doubt, but still to be sent.
    const { doubt } = this.tally
    for (const message of this.#unacked) {
      doubt.messages++
      doubt.readings += message.size
      if (message.type === 'conflict') doubt.conflicts += message.size
    }
    const begun = new Set(this.#unacked)
    this.#unacked.push(...first.filter((message) => !begun.has(message) && !this.#isAcked.has(message)))
  }

  #isAcked = new WeakSet<Message>()
  #acknowledged(message: Message): void {
    this.#unacked.splice(this.#unacked.indexOf(message), 1)
    this.#isAcked.add(message)
    const { tally } = this
    tally.acked++
    tally.readings += message.size
    if (message.type === 'repeat') tally.repeats += message.size
    else if (message.type === 'conflict') tally.conflicts += message.size
    else this.#lastAcked = message
    this.onAck(message)
  }

  #draw(): Message {
    const random = this.#random
    const appliance = this.appliances[Math.floor(random.next() * this.appliances.length)]!
    const what = this.#plain ? 1 : random.next()
    const earlier = appliance.recent[Math.floor(random.next() * appliance.recent.length)]
    if (what < 0.1 && earlier) return { ...earlier, type: 'repeat' }
    if (what < 0.2 && earlier) return { ...earlier, type: 'conflict', size: 1 }
    const size = what < 0.4 || (this.#plain && random.next() < 0.25) ? 2 + Math.floor(random.next() * 30) : 1
    const message: Message = { type: 'new', appliance, from: appliance.sent, size }
    appliance.sent += size
    appliance.recent.push(message)
    if (appliance.recent.length > REMEMBERED) appliance.recent.shift()
    return message
  }
}

/** What reading `n` of an appliance says; different for each of the last thousand. */
export const powerOf = (id: string, n: number): number => ((n * 37 + id.length * 11) % 1000) / 2

function body({ type, appliance, from, size }: Message): string {
  const readings = Array.from({ length: size }, (_, i) => {
    const n = from + i
    const power = powerOf(appliance.id, n) + (type === 'conflict' ? 700 : 0)
    return { ts: FIRST_TS + n * CADENCE_MS, metrics: { power, cabinetTemp: 4 + (n % 10) / 10 } }
  })
  return JSON.stringify(size === 1 ? readings[0] : readings)
}
