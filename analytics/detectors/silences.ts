import type { Millis, Offset, Population } from '../../core/index.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'
import type { FeatureState } from '../features/featureState.ts'
import type { FleetClock } from '../features/fleetClock.ts'
import type { Item } from '../features/item.ts'
import { Gateways, isGatewayGone } from './gateways.ts'
import { hasMissed, isRefused, Rounds, silentAfterMs, silentAt, spokeAt } from './silence.ts'

interface SilencesOptions {
  clock: FleetClock
  mode: 'wall' | 'telemetry'
  planOf: (kind: string) => DetectionPlan
  states: Population<FeatureState>
  say: (item: Item) => void
}

/** Who says nothing, or nothing that counts: alone, with a gateway that is gone, or by presence where only changes are told. */
export class Silences {
  readonly rounds = new Rounds()
  readonly gateways = new Gateways()
  #clock: FleetClock
  #mode: 'wall' | 'telemetry'
  #planOf: (kind: string) => DetectionPlan
  #states: Population<FeatureState>
  #say: (item: Item) => void

  constructor({ clock, mode, planOf, states, say }: SilencesOptions) {
    this.#clock = clock
    this.#mode = mode
    this.#planOf = planOf
    this.#states = states
    this.#say = say
  }

  /** It is heard again. */
  ended(sense: FeatureState, ts: Millis, offset: Offset): void {
    this.#hearGateway(sense, ts, offset)
    this.#endSilence(sense, ts, offset)
  }
  /** It was thought silent, and talks: what it says is refused. */
  refused(sense: FeatureState, now: Millis, offset: Offset): void {
    if (!sense.silent || sense.saidRefused) return
    this.#hearGateway(sense, now, offset)
    this.#turnSilence(sense, now, offset)
  }

  /** What is silent by presence alone is heard when it is there. */
  came(sense: FeatureState, offset: Offset): void {
    sense.goneSince = -Infinity
    if (!sense.silent || sense.saidRefused || silentAfterMs(this.#planOf(sense.kind), sense) < Infinity) return
    sense.silent = false
    sense.dueAt = -1
    this.#hearGateway(sense, this.#clock.now(), offset)
    this.#endSilence(sense, this.#clock.now(), offset)
  }

  left(sense: FeatureState): void {
    const now = this.#clock.now()
    sense.goneSince = now
    sense.awayFrom = Math.min(sense.awayFrom, Math.max(now, sense.newestTs))
  }

  /** A session began or ended: who speaks on change alone is there, or not. */
  session(id: string, online: boolean, offset: Offset): void {
    if (!this.gateways.session(id, online, this.#clock.now())) return
    for (const appliance of [id, ...this.gateways.behind(id)]) {
      if (!this.#states.all.get(appliance)?.onChange) continue
      const sense = this.#states.get(appliance)!
      if (online) this.came(sense, offset)
      else if (!this.gateways.isReached(appliance)) this.left(sense)
    }
  }

  /** One that fell silent with its gateway says something: the gateway is there again. */
  #hearGateway(sense: FeatureState, at: Millis, offset: Offset): void {
    const { behind } = sense
    sense.behind = ''
    if (this.gateways.isGone(behind)) this.#endGateway(behind, at, offset)
  }

  #endGateway(gateway: string, at: Millis, offset: Offset): void {
    const since = this.gateways.comeBack(gateway, this.#clock.now())
    this.#say({ type: 'gateway', gateway, gone: false, since, count: 0, at, offset })
  }

  /** Nobody is left behind it who could tell that it is there again: retired, or registered with another one. */
  #endDeserted(offset: Offset): void {
    for (const gateway of this.gateways.gone()) {
      const isLeft = this.gateways.behind(gateway).some((id) => this.#states.all.get(id)?.behind === gateway)
      if (!isLeft) this.#endGateway(gateway, this.#clock.now(), offset)
    }
  }

  /** The gateway that took it along: one that is gone, or that is found to be gone now. Empty: it is silent by itself. */
  #goneWith(sense: FeatureState, at: Millis, offset: Offset): string {
    const gateways = this.gateways.of(sense.appliance)
    const known = gateways.find((id) => this.gateways.isGone(id))
    if (known !== undefined) return known
    for (const id of gateways) {
      const others = this.gateways.behind(id).filter((other) => this.#states.all.has(other))
      const behind = others.map((other) => this.#behindOf(this.#states.all.get(other)!, id))
      const { spokeAt } = this.#behindOf(sense, id)
      const lastAt = sense.onChange ? Math.max(spokeAt, sense.goneSince) : spokeAt
      if (!isGatewayGone(lastAt, this.gateways.awaySince(id), behind)) continue
      this.gateways.leave(id, at)
      const count = behind.filter(({ hasMissed, saysNothing }) => hasMissed && !saysNothing).length
      this.#say({ type: 'gateway', gateway: id, gone: true, since: at, count, at, offset })
      return id
    }
    return ''
  }

  #behindOf(sense: FeatureState, gateway: string) {
    const plan = this.#planOf(sense.kind)
    const now = this.#clock.now()
    const missed = hasMissed(plan, sense, now, this.#clock.down())
    const isSilentItself = sense.silent && sense.behind !== gateway
    const isFree = silentAfterMs(plan, sense) === Infinity
    return {
      spokeAt: spokeAt(sense),
      hasMissed: missed,
      saysNothing: isSilentItself || isFree || sense.offUntil > now,
    }
  }

  /** Its silence is of the other kind from now on. */
  #turnSilence(sense: FeatureState, at: Millis, offset: Offset): void {
    this.#endSilence(sense, at, offset)
    this.#beginSilence(sense, at, offset, !sense.saidRefused)
  }

  #beginSilence(sense: FeatureState, at: Millis, offset: Offset, refused: boolean, behind = ''): void {
    sense.silent = true
    sense.saidRefused = refused
    sense.behind = behind
    const afterMs = silentAfterMs(this.#planOf(sense.kind), sense)
    const refusedWhy = refused ? sense.refusedWhy : null
    const about = { sense, from: sense.heardAt, at, offset, afterMs, refusedWhy, behind }
    this.#say({ type: 'silence', silent: true, ...about })
  }

  #standAlone(appliance: string, now: Millis, offset: Offset): void {
    const sense = this.#states.get(appliance)!
    this.#endSilence(sense, now, offset)
    this.#beginSilence(sense, now, offset, false, this.#goneWith(sense, now, offset))
  }

  #endSilence(sense: FeatureState, ts: Millis, offset: Offset): void {
    this.#say({
      type: 'silence',
      sense,
      silent: false,
      from: ts,
      at: ts,
      offset,
      afterMs: NaN,
      refusedWhy: null,
      behind: '',
    })
  }

  /** Once a minute: who has been silent for long enough, who is not refused any more, and whose gateway is back without it. */
  look(now: Millis, offset: Offset): void {
    for (const known of this.#states.all.values()) {
      const plan = this.#planOf(known.kind)
      if (known.silent) {
        const after = silentAfterMs(plan, known)
        const hasStopped = known.saidRefused && !isRefused(known, after, now)
        if (hasStopped) this.#turnSilence(this.#states.get(known.appliance)!, now, offset)
        // Its gateway is there again, and it is not.
        const isAlone = known.behind !== '' && !this.gateways.isGone(known.behind)
        if (isAlone && now >= this.gateways.backAt(known.behind) + after) this.#standAlone(known.appliance, now, offset)
        continue
      }
      const at = silentAt(plan, known, this.#clock.down())
      if (!(at <= now)) continue
      const sense = this.#states.get(known.appliance)!
      if (sense.dueAt < 0) sense.dueAt = this.rounds.turn
      const after = silentAfterMs(plan, sense)
      // Where one alone tells the time, nobody comes round: twice as long then.
      const isHeardOut = this.#mode === 'wall' || this.rounds.isRound(sense.dueAt) || now >= at + after
      if (!isHeardOut) continue
      const refused = isRefused(sense, after, now)
      this.#beginSilence(sense, at, offset, refused, refused ? '' : this.#goneWith(sense, at, offset))
    }
    this.#endDeserted(offset)
  }
}
