import type { Kind } from '../catalog/index.ts'
import {
  type AnalysisInput,
  type ApplianceEvent,
  BURST,
  type DetectionControl,
  HOUR,
  MINUTE,
  type Millis,
  type Offset,
  type Piece,
  Population,
  type PresenceNote,
  type ReadingBatch,
  type RefusalNote,
} from '../core/index.ts'
import { hearFaultCode } from './detectors/faultCodes.ts'
import type { Gateways } from './detectors/gateways.ts'
import { hear, type Rounds } from './detectors/silence.ts'
import { Silences } from './detectors/silences.ts'
import { ArrivalOrder, type Held } from './features/arrivalOrder.ts'
import { hearBurst } from './features/bursts.ts'
import { cadenceOf, type FeatureState, newFeatureState, resetFeatureState } from './features/featureState.ts'
import { FleetClock } from './features/fleetClock.ts'
import type { Item } from './features/item.ts'
import { type JournalListener, playInOrder } from './features/journalOrder.ts'
import { holdUntil, updateOnChange } from './features/onChange.ts'
import type { Frame } from './features/readingColumns.ts'
import { updateFeatures } from './features/updateFeatures.ts'
import { visitBegins, visitEnds } from './features/visits.ts'
import type { KindRuntime } from './kindRuntime.ts'
import type { RuleStage } from './rules/ruleStage.ts'
import { type Columns, translateFeatureState } from './translateState.ts'

/** What comes later than this of one that speaks on change is late. By the readings' own time batches of hours are on their way. */
const HELD_AFTER_MS = { wall: 6 * HOUR, telemetry: 24 * HOUR }

/**
 * The stage that hears everything in journal order: the clock, arrival order, modes, cycles, guards, silence. What it
 * finds goes on as items. It knows nothing of what is made of them, so where a stretch ends changes nothing.
 */
export class FeatureStage implements JournalListener {
  #watchers: Map<string, KindRuntime>
  #clock: FleetClock
  #mode: 'wall' | 'telemetry'
  #order = new ArrivalOrder()
  #senses = new Population<FeatureState>('sense', (sense, appliance) => ({
    sense,
    held: this.#order.heldOf(appliance),
  }))
  #items: Item[] = []
  #silences: Silences
  #rules: RuleStage
  /** Row's appliance → state, for each batch under way. */
  #rows: (FeatureState | null | undefined)[][] = []
  constructor(watchers: Map<string, KindRuntime>, mode: 'wall' | 'telemetry', rules: RuleStage) {
    this.#watchers = watchers
    this.#mode = mode
    this.#rules = rules
    this.#clock = new FleetClock(mode)
    this.#silences = new Silences({
      clock: this.#clock,
      mode,
      planOf: (kind) => watchers.get(kind)!.plan,
      states: this.#senses,
      say: (item) => this.#items.push(item),
    })
  }
  now(): Millis {
    return this.#clock.now()
  }
  held(): number {
    return this.#order.count
  }

  accept(input: AnalysisInput): Item[] {
    this.#items = []
    this.#rows = input.readings.map((batch) => new Array(batch.appliances.length))
    playInOrder(input, this)
    return this.#items
  }

  reading(batch: ReadingBatch, index: number, r: number): void {
    const known = this.#rows[index]!
    const column = batch.applianceIndex[r]!
    let sense = known[column]
    if (sense === undefined) {
      sense = this.#find(batch.appliances[column]!, batch.kind)
      known[column] = sense
    }
    if (!sense) return
    const ts = batch.ts[r]!
    const watcher = this.#watchers.get(sense.kind)!
    const frame = watcher.frame
    fillFrame(frame, watcher.plan.kind, batch, r)
    const moved = this.#clock.hear(sense.appliance, ts)
    if (this.#mode === 'telemetry' && ts >= this.#clock.now()) this.#silences.rounds.speaks(sense)
    if (hear(sense, ts, this.#clock.now(), this.#clock.down(), this.#mode)) {
      this.#silences.ended(sense, ts, frame.offset)
    }
    // Who speaks of a time after it was switched off is on.
    if (ts > sense.offSince) this.#power(sense, -Infinity, -Infinity)
    sense.goneSince = -Infinity
    const word = batch.firmware[r]!
    if (word >= 0) this.#hearFirmware(sense, batch.words[word]!, ts)
    if (ts > sense.newestTs) sense.newestTs = ts
    if (ts <= sense.lastTs) sense.late++
    else if (ts - sense.lastTs <= 1500 * cadenceOf(watcher.plan, sense)) {
      this.#score(watcher, sense, frame)
      if (this.#order.has(sense.appliance)) this.#release(watcher, sense)
    } else {
      this.#order.hold(watcher.plan, sense, frame, this.#clock.now())
      this.#release(watcher, sense)
    }
    if (moved) this.#clockMoved(batch.offset[r]!)
  }

  event(event: ApplianceEvent): void {
    const sense = this.#find(event.appliance, event.kind)
    if (!sense) return
    if (event.type === BURST) hearBurst(this.#watchers.get(sense.kind)!.plan, sense, event.code, event.body)
    if (event.type === 'error') hearFaultCode(this.#watchers.get(sense.kind)!.plan.kind, sense, event, this.#items)
    this.#rules.event(sense, event, this.#items)
    if (event.type === 'power' && event.code === 'off') this.#power(sense, Infinity, event.ts)
    if (event.type === 'power' && event.code === 'on') this.#power(sense, -Infinity, event.ts)
  }

  presence(note: PresenceNote): void {
    const sense = this.#senses.get(note.appliance)
    if (!sense) return
    // Its message has no time of its own: what it said before is of before.
    const at = Math.max(this.#clock.now(), sense.newestTs)
    if (note.online) this.#silences.came(sense, note.offset)
    else this.#silences.left(sense)
    if (note.online) this.#power(sense, -Infinity, at)
    else if (note.until !== undefined) this.#power(sense, note.until, at)
  }

  refusal(note: RefusalNote): void {
    const sense = this.#find(note.appliance, note.kind)
    const now = this.#clock.now()
    if (!sense || now === 0) return
    if (Number.isNaN(sense.refusedSince)) sense.refusedSince = now
    sense.refusedAt = now
    sense.refusedWhy = note.why
    this.#silences.refused(sense, now, note.offset)
  }

  /** Off on purpose until then; −Infinity: on. @param said when it was so, by its own time where that is known */
  #power(sense: FeatureState, until: Millis, said: Millis): void {
    // Late news of an end that it has spoken after.
    if (until !== -Infinity && sense.newestTs > said) return
    sense.offSince = until === -Infinity ? Infinity : said
    if (sense.offUntil === until) return
    sense.offUntil = until
    const at = this.#clock.now()
    this.#items.push({ type: 'power', sense, off: until === -Infinity ? null : { since: at, until }, at })
  }

  control(control: DetectionControl, offset: Offset): void {
    if (control.type === 'models') {
      this.#items.push({ type: 'swap', swap: control.swap, set: control.set, at: this.#clock.now(), offset })
      return
    }
    this.#rules.control(control, this.#clock.now(), offset, this.#items)
    if (control.type === 'rule') {
      this.#items.push({ type: 'control', sense: null, control, now: this.#clock.now(), offset })
      return
    }
    if (control.type === 'session') {
      this.#silences.session(control.appliance, control.online, offset)
      return
    }
    if (control.type === 'gateway') {
      this.#silences.gateways.register(control.appliance, control.appliances)
      return
    }
    let sense = this.#senses.get(control.appliance) ?? null
    if (control.type === 'register') {
      if (!this.#watchers.has(control.kind)) return
      if (!sense || sense.kind !== control.kind) {
        this.#order.forget(control.appliance)
        sense = newFeatureState(this.#watchers.get(control.kind)!.plan, control.appliance, control.model)
        this.#senses.set(control.appliance, sense)
        for (const known of this.#rows) known.fill(undefined)
      }
      sense.model = control.model
      sense.cadenceSeconds = control.cadenceSeconds ?? NaN
      sense.onChange = control.reports === 'on-change'
      if (!sense.onChange) sense.held = null
      sense.heartbeatSeconds = control.heartbeatSeconds ?? NaN
    }
    if (!sense) return
    if (control.type === 'mute') visitBegins(sense, control, this.#clock.now())
    if (control.type === 'unmute') visitEnds(sense, control)
    if (control.type === 'retire') {
      this.#order.forget(control.appliance)
      this.#senses.delete(control.appliance)
      this.#clock.retire(control.appliance)
      for (const known of this.#rows) known.fill(undefined)
    }
    this.#items.push({ type: 'control', sense, control, now: this.#clock.now(), offset })
    if (control.type === 'register') sense.region = control.region ?? ''
  }

  tick(at: Millis, offset: Offset): void {
    if (this.#clock.tick(at)) this.#clockMoved(offset)
  }

  #find(appliance: string, kind: string): FeatureState | null {
    const known = this.#senses.get(appliance)
    // One that became another kind hears what follows its new registration, and nothing that its old columns say.
    if (known) return known.kind === kind ? known : null
    const watcher = this.#watchers.get(kind)
    if (!watcher) return null
    const sense = newFeatureState(watcher.plan, appliance, '')
    this.#senses.set(appliance, sense)
    return sense
  }

  #hearFirmware(sense: FeatureState, firmware: string, ts: Millis): void {
    if (sense.firmware === firmware) return
    this.#items.push({ type: 'firmware', sense, at: ts, firmware, first: sense.firmware === '' })
    sense.firmware = firmware
  }

  #release(watcher: KindRuntime, sense: FeatureState): void {
    this.#order.release(watcher.plan, sense, this.#clock.now(), (frame) => this.#score(watcher, sense, frame))
  }

  #score({ plan, truth }: KindRuntime, sense: FeatureState, frame: Frame): void {
    this.#rules.reading(sense, frame, this.#items)
    if (sense.onChange) updateOnChange(plan, sense, frame, truth, this.#items)
    else updateFeatures(plan, sense, frame, truth, this.#items)
  }

  /** What speaks on change may say nothing for days: what it said last has held at least until some hours ago. */
  #holdOn(now: Millis, offset: Offset): void {
    const until = now - HELD_AFTER_MS[this.#mode]
    for (const { appliance, onChange, held, newestTs, lastTs, goneSince } of this.#senses.all.values()) {
      if (!onChange || !held || newestTs > lastTs || lastTs >= until || goneSince !== -Infinity) continue
      const sense = this.#senses.get(appliance)!
      const { plan, truth } = this.#watchers.get(sense.kind)!
      holdUntil(plan, sense, until, offset, truth, this.#items)
    }
  }

  /** The grids on which what waits for time is looked at; both follow from the clock alone. */
  #minute = 0
  #hour = 0
  #clockMoved(offset: Offset): void {
    const now = this.#clock.now()
    for (let due = this.#order.nextDue(now); due !== undefined; due = this.#order.nextDue(now)) {
      const sense = this.#senses.get(due)!
      this.#release(this.#watchers.get(sense.kind)!, sense)
    }
    const minute = Math.floor(now / MINUTE)
    if (minute === this.#minute) return
    this.#minute = minute
    this.#silences.look(now, offset)
    const hour = Math.floor(now / HOUR)
    if (hour === this.#hour) return
    this.#hour = hour
    this.#holdOn(now, offset)
    this.#items.push({ type: 'clock', now, offset })
  }

  /** What is not of one appliance. */
  small(): unknown {
    return {
      clock: this.#clock.snapshot(),
      minute: this.#minute,
      hour: this.#hour,
      rounds: this.#silences.rounds.snapshot(),
      gateways: this.#silences.gateways.snapshot(),
    }
  }
  get population(): Population<FeatureState> {
    return this.#senses
  }
  /** @param columnsOf where a kind's columns of then are now; null: it begins anew, by what it is registered as */
  restore(small: unknown, pieces: Piece[], columnsOf: (kind: string) => Columns | null): void {
    // Written by a copy of the same layout, which the caller has checked.
    const { clock, minute, hour, rounds, gateways } = small as {
      clock: unknown
      minute: number
      hour: number
      rounds?: ReturnType<Rounds['snapshot']>
      gateways?: ReturnType<Gateways['snapshot']>
    }
    if (gateways) this.#silences.gateways.restore(gateways)
    if (rounds) this.#silences.rounds.restore(rounds)
    this.#clock.restore(clock)
    this.#minute = minute
    this.#hour = hour
    for (const [section, appliance, value] of pieces) {
      if (section !== 'sense') continue
      const { sense, held } = value as { sense: FeatureState; held: Held[] }
      const watcher = this.#watchers.get(sense.kind)
      const columns = watcher ? columnsOf(sense.kind) : null
      if (watcher && columns) {
        this.#senses.set(appliance, translateFeatureState(watcher.plan, sense, columns))
        this.#order.holdAgain(appliance, held)
      } else if (watcher) this.#senses.set(appliance, resetFeatureState(watcher.plan, sense))
      else this.#clock.retire(appliance)
    }
    this.#order.settleDue()
  }
}

/** Copies row `r` into the frame: implausible values are absent and marked, free texts are absent. */
function fillFrame(frame: Frame, kind: Kind, batch: ReadingBatch, r: number): void {
  const { values, states } = frame
  frame.ts = batch.ts[r]!
  frame.offset = batch.offset[r]!
  for (let m = 0; m < values.length; m++) values[m] = batch.values[m]![r]!
  for (let s = 0; s < states.length; s++)
    states[s] = kind.states[kind.stateNames[s]!] === 'text' ? -1 : batch.states[s]![r]!
  const words = (values.length + 31) >> 5
  frame.anyBad = false
  for (let w = 0; w < words; w++) if (batch.invalid[r * words + w] !== 0) frame.anyBad = true
  frame.bad.fill(0)
  if (!frame.anyBad) return
  for (let m = 0; m < values.length; m++) {
    if (((batch.invalid[r * words + (m >> 5)]! >>> (m & 31)) & 1) === 0) continue
    frame.sent[m] = values[m]!
    values[m] = NaN
    frame.bad[m] = 1
  }
}
