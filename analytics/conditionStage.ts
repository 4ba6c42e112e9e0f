import type { Catalog } from '../catalog/index.ts'
import {
  type AnalysisOutput,
  type KindDrift,
  type Millis,
  nth,
  type Offset,
  type Piece,
  Population,
  there,
} from '../core/index.ts'
import {
  type ApplianceState,
  isSameScaling,
  keepPromises,
  kindOfLines,
  newApplianceState,
  scalingsOf,
} from './applianceState.ts'
import { acceptLevel, clearDrift, restartBaseline } from './baseline/baseline.ts'
import type { Fleet } from './baseline/fleetPrior.ts'
import { openRebaseline } from './baseline/rebaseline.ts'
import { type Scaling, translateBaseline, translateFleet } from './baseline/translateBaseline.ts'
import { updateBaseline } from './baseline/updateBaseline.ts'
import {
  type ApplianceContext,
  type DetectionContext,
  type Diagnosis,
  decideCondition,
  levelOf,
  sayRepaired,
} from './condition/decideCondition.ts'
import { emitGuard, emitMoment, emitSilence, noteCut, sayCycle } from './condition/emitItem.ts'
import { sayHealth } from './condition/health.ts'
import { scoreRow } from './condition/scoreRow.ts'
import { beginVerify, endOverdue } from './condition/verify.ts'
import { emitCode, endCodes } from './detectors/faultCodes.ts'
import { emitGateway } from './detectors/gateways.ts'
import { InputDrift } from './detectors/inputDrift.ts'
import { checkIntraday, emitIntraday } from './detectors/intradayCheck.ts'
import type { ControlItem, Item, RowItem } from './features/item.ts'
import type { KindRuntime } from './kindRuntime.ts'
import type { ConditionObserver } from './observer.ts'
import type { PcaScore } from './onnx/pcaScorer.ts'
import type { DetectionPolicy } from './policy.ts'
import { diagnoseAll, type Learnt, scorePcas } from './scoreItems.ts'
import { type Columns, isSame, translateApplianceState } from './translateState.ts'

/**
 * The stage that makes something of the items. First all rows and glances of a stretch are standardized, in order; then
 * the models score them at once; then conditions move, in order. No pass reads what a later one writes, so stretches may
 * end anywhere.
 */
export class ConditionStage {
  #watchers: Map<string, KindRuntime>
  #catalog: Catalog
  #policy: DetectionPolicy
  #minds = new Population<ApplianceState>('mind')
  #fleet: Fleet = new Map()
  #drift = new InputDrift()
  #observe: ConditionObserver
  constructor(
    watchers: Map<string, KindRuntime>,
    catalog: Catalog,
    policy: DetectionPolicy,
    observe: ConditionObserver = {},
  ) {
    this.#watchers = watchers
    this.#catalog = catalog
    this.#policy = policy
    this.#observe = observe
  }

  /** From here on other models judge; what appliances were learned to do is said in their terms. */
  use(watchers: Map<string, KindRuntime>): void {
    const former = this.#watchers
    this.#watchers = watchers
    for (const [appliance, { kind }] of this.#minds.all) {
      const [old, now] = [there(former.get(kind)).model, there(watchers.get(kind)).model]
      if (old !== now) this.#translate(there(this.#minds.get(appliance)), old?.covariates ?? {})
    }
    this.#translateFleet(scalingsOf(former))
  }

  /** A mind that was learned with covariates scaled as `from` goes on with the model that judges now. */
  #translate({ kind, learned, judged }: ApplianceState, from: Scaling): void {
    const { plan, model } = there(this.#watchers.get(kind))
    translateBaseline(plan, learned, judged.missing, from, model?.covariates ?? {})
    // Its extremes were compensated by the former model's slopes: they are seen anew, which takes days, not weeks.
    learned.glanced = null
  }
  #translateFleet(from: Map<string, Scaling>): void {
    for (const [key, lines] of this.#fleet) {
      const kind = kindOfLines(key)
      const { plan, model } = there(this.#watchers.get(kind))
      translateFleet(plan, lines, from.get(kind) ?? {}, model?.covariates ?? {})
    }
  }

  async judge(items: Item[], out: AnalysisOutput): Promise<void> {
    const learnt: Learnt = { rows: new Map(), glimpses: new Map() }
    for (const item of items) this.#learn(item, learnt)
    const scores = learnt.rows.size > 0 ? await scorePcas(this.#watchers, learnt.rows) : new Map<RowItem, PcaScore>()
    const verdicts = await diagnoseAll(this.#watchers, learnt)
    for (const item of items) {
      this.#conclude(item, learnt, scores, verdicts, out)
      this.#observe.concluded?.(item, out)
    }
  }

  #mindsOf(appliance: string, kind: string): ApplianceState {
    const known = this.#minds.get(appliance)
    if (known && known.kind === kind) return known
    const { plan, signatures } = there(this.#watchers.get(kind))
    const minds = newApplianceState(kind, plan, signatures.modes.length)
    this.#minds.set(appliance, minds)
    return minds
  }

  /** First pass: baselines. Writes `learned` alone. */
  #learn(item: Item, { rows, glimpses }: Learnt): void {
    if (item.type === 'row') {
      const { plan, model, signatures } = there(this.#watchers.get(item.sense.kind))
      const { learned } = this.#mindsOf(item.sense.appliance, item.sense.kind)
      rows.set(item, updateBaseline(plan, model, signatures, this.#policy, learned, this.#fleet, item))
    } else if (item.type === 'glance') {
      const { plan, model } = there(this.#watchers.get(item.sense.kind))
      const glimpse = checkIntraday(plan, model, this.#mindsOf(item.sense.appliance, item.sense.kind).learned, item)
      if (glimpse) glimpses.set(item, glimpse)
    } else if (item.type === 'firmware' && !item.first) {
      const { plan } = there(this.#watchers.get(item.sense.kind))
      openRebaseline(plan, this.#mindsOf(item.sense.appliance, item.sense.kind).learned, 'firmware', item.at)
    } else if (item.type === 'control' && item.sense) this.#learnControl(item)
  }

  #learnControl({ control, sense, now }: ControlItem): void {
    const { plan } = there(this.#watchers.get(there(sense).kind))
    const { learned } = this.#mindsOf(there(sense).appliance, there(sense).kind)
    switch (control.type) {
      case 'freeze':
        if (!learned.frozenBy.includes(control.ticket)) learned.frozenBy.push(control.ticket)
        break
      case 'release':
        learned.frozenBy = learned.frozenBy.filter((ticket) => ticket !== control.ticket)
        if (control.relearn) restartBaseline(learned, control.at, control.reason)
        break
      case 'verify':
        clearDrift(learned)
        learned.glanced = null
        break
      case 'dismiss':
        acceptLevel(plan, learned, control.at)
        learned.glanced = null
        break
      case 'register':
        if (there(sense).region !== '' && control.region !== undefined && control.region !== there(sense).region) {
          openRebaseline(plan, learned, 'moved', now)
        }
        break
    }
  }

  /** Last pass: conditions, health, verification. Writes `judged` alone. */
  #conclude(
    item: Item,
    { rows, glimpses }: Learnt,
    scores: Map<RowItem, PcaScore>,
    verdicts: Map<Item, Diagnosis>,
    out: AnalysisOutput,
  ): void {
    if (item.type === 'clock') {
      this.#lookAtWaiting(item.now, item.offset, out)
      return
    }
    if (item.type === 'gateway') {
      emitGateway(this.#catalog, item, out)
      return
    }
    if (item.type === 'rule') {
      out.detections.push(item.detection)
      return
    }
    if (item.type === 'swap' || !item.sense) return
    if (item.type === 'firmware') {
      out.firmware.push({ appliance: item.sense.appliance, firmware: item.firmware })
      return
    }
    const { appliance, kind } = item.sense
    const watcher = there(this.#watchers.get(kind))
    const { judged } = this.#mindsOf(appliance, kind)
    const bench = this.#bench(watcher, out)
    const subject: ApplianceContext = { appliance, kind, judged }
    switch (item.type) {
      case 'row': {
        const row = there(rows.get(item))
        const pca = scores.get(item) ?? null
        this.#drift.see(watcher.plan, watcher.model, item, row, pca, judged.condition?.phase === 'confirmed')
        sayCycle(watcher, item, out)
        scoreRow(bench, subject, item, row, pca, nth(watcher.places, item.scale), verdicts.get(item))
        this.#observe.row?.(item, row, pca, levelOf(judged))
        sayHealth(bench, subject, item.at)
        break
      }
      case 'cut':
        noteCut(watcher, judged, item)
        sayHealth(bench, subject, item.at)
        break
      case 'glance': {
        const glimpse = glimpses.get(item)
        if (!glimpse) break
        this.#observe.glimpse?.(item, glimpse)
        emitIntraday(bench, subject, item, glimpse, there(verdicts.get(item)))
        break
      }
      case 'guard':
        emitGuard(bench, subject, item)
        sayHealth(bench, subject, item.at)
        break
      case 'moment':
        emitMoment(bench, subject, item)
        sayHealth(bench, subject, item.at)
        break
      case 'silence':
        emitSilence(bench, subject, item)
        sayHealth(bench, subject, item.at)
        break
      case 'code':
        emitCode(bench, subject, item)
        break
      case 'power':
        judged.off = item.off
        // News, whatever its health.
        judged.said = null
        sayHealth(bench, subject, item.at)
        break
      case 'control':
        this.#concludeControl(bench, subject, item)
    }
  }

  #bench(watcher: KindRuntime, out: AnalysisOutput): DetectionContext {
    const { plan, model, signatures } = watcher
    return { plan, model, signatures, catalog: this.#catalog, policy: this.#policy, out }
  }

  #lookAtWaiting(now: Millis, offset: Offset, out: AnalysisOutput): void {
    for (const [appliance, known] of this.#minds.all) {
      if (known.judged.verifying.length === 0 && !known.judged.codes?.size) continue
      const { kind, judged } = there(this.#minds.get(appliance))
      const bench = this.#bench(there(this.#watchers.get(kind)), out)
      endOverdue(bench, { appliance, kind, judged }, now)
      endCodes(bench, { appliance, kind, judged }, now, offset)
    }
  }

  #concludeControl(bench: DetectionContext, subject: ApplianceContext, { control, offset }: ControlItem): void {
    const { judged } = subject
    switch (control.type) {
      case 'verify':
        beginVerify(subject, bench.plan, control.ticket, control.at)
        judged.levels.fill(0)
        judged.pcaSums.fill(0)
        sayRepaired(bench, subject, control.at, offset)
        sayHealth(bench, subject, control.at)
        break
      case 'dismiss':
        if (judged.condition?.id === control.condition) judged.condition = null
        judged.levels.fill(0)
        judged.pcaSums.fill(0)
        judged.guards.clear()
        break
      case 'release':
        if (!control.relearn) break
        judged.levels.fill(0)
        judged.pcaSums.fill(0)
        judged.profile.fill(NaN)
        judged.learnedBecause = { since: control.at, reason: control.reason }
        if (judged.condition) {
          judged.condition.calmRows = bench.policy.recoverRows
          decideCondition(bench, subject, control.at, offset, false, true)
        }
        break
      case 'retire':
        this.#minds.delete(control.appliance)
    }
  }

  drift(): KindDrift[] {
    const counts = new Map<string, number>()
    for (const { kind } of this.#minds.all.values()) counts.set(kind, (counts.get(kind) ?? 0) + 1)
    return [...this.#watchers].map(([kind, { plan, model }]) => this.#drift.of(plan, model, counts.get(kind) ?? 0))
  }

  /** What is not of one appliance. */
  small(): Small {
    return { fleet: this.#fleet, scalings: scalingsOf(this.#watchers), drift: this.#drift.snapshot() }
  }
  get population(): Population<ApplianceState> {
    return this.#minds
  }
  /** @param columnsOf where a kind's columns of then are now; null: they mean nothing now, and it is learned anew */
  restore(small: unknown, pieces: Piece[], columnsOf: (kind: string) => Columns | null): void {
    // Written by a copy of the same layout, which the caller has checked; an earlier program kept the fleet alone.
    const { fleet, scalings, drift } =
      small instanceof Map ? { fleet: small as Fleet, scalings: null, drift: null } : (small as Small)
    const isKept = (kind: string): boolean => {
      const columns = columnsOf(kind)
      return columns !== null && isSame(columns)
    }
    if (drift) this.#drift.restore(drift, isKept)
    const now = scalingsOf(this.#watchers)
    for (const [section, appliance, value] of pieces) {
      if (section !== 'mind') continue
      let minds = value as ApplianceState
      const columns = columnsOf(minds.kind)
      if (columns) {
        if (!isSame(columns)) {
          const { plan, signatures } = there(this.#watchers.get(minds.kind))
          minds = translateApplianceState(
            plan,
            minds,
            newApplianceState(minds.kind, plan, signatures.modes.length),
            columns,
          )
        }
        this.#minds.set(appliance, minds)
        const then = scalings?.get(minds.kind)
        if (then && !isSameScaling(then, now.get(minds.kind))) this.#translate(minds, then)
      } else if (this.#watchers.has(minds.kind)) keepPromises(this.#mindsOf(appliance, minds.kind), minds)
    }
    for (const [key, lines] of fleet) if (isKept(kindOfLines(key))) this.#fleet.set(key, lines)
    if (scalings) this.#translateFleet(scalings)
  }
}

interface Small {
  fleet: Fleet
  /** By kind: how the models that judged scaled its covariates. */
  scalings: Map<string, Scaling>
  drift: ReturnType<InputDrift['snapshot']>
}
