import { DAY, type Millis, SeededRandom } from '../../core/index.ts'
import { drawFault, type Fault, severityOf } from './faults.ts'
import type { Affliction } from './machine.ts'
import { frequencies } from './remedies.ts'

export interface FaultCourseOptions {
  seed: number
  appliance: string
  kind: string
  /** Natural faults per year; 0 for none. */
  faultRatePerYear: number
  /** Modes of its kind that its model cannot have. */
  cannotHave: readonly string[]
  /** The mode that its batch's defect favours. */
  defect: string | null
}

/** Everything that was, is, or will be wrong with one appliance. Natural faults are drawn one after the other. */
export class FaultCourse {
  all: Fault[] = []
  readonly #options: FaultCourseOptions
  /** null: one is there, and the next is drawn once it is repaired. */
  #nextAt: Millis | null = null
  constructor(options: FaultCourseOptions) {
    this.#options = options
  }

  /** When the next natural fault begins, counted from here. */
  drawNext(from: Millis): void {
    const { seed, appliance, faultRatePerYear: rate } = this.#options
    if (rate <= 0) {
      this.#nextAt = Number.POSITIVE_INFINITY
      return
    }
    const random = new SeededRandom(seed, `onset/${appliance}/${this.all.length}`)
    this.#nextAt = Math.round(from + (-Math.log(1 - random.next()) / rate) * 365.25 * DAY)
  }

  /** Lets what is due begin. @returns what is wrong now */
  at(ts: Millis): Affliction[] {
    if (this.#nextAt === null) {
      // One natural fault at a time, so that the truth of a reading is one mode; the next comes after the repair.
      if (this.all.every(({ repairedAt }) => repairedAt !== undefined)) this.drawNext(ts)
    } else if (ts >= this.#nextAt) this.#fallIll(this.#nextAt)
    const here: Affliction[] = []
    for (const fault of this.all) {
      if (fault.repairedAt !== undefined && fault.repairedAt <= ts) continue
      const severity = severityOf(fault, ts)
      if (severity > 0) here.push({ failureMode: fault.failureMode, severity, strength: fault.strength })
    }
    return here
  }

  /** The machine no longer does its job: because of every fault that is far enough. */
  noteFailure(ts: Millis): void {
    for (const fault of this.all) {
      if (fault.failed || severityOf(fault, ts) < 0.3) continue
      fault.failed = true
      fault.functionalFailureAt = ts
    }
  }

  #fallIll(onset: Millis): void {
    const { seed, appliance, kind, cannotHave, defect } = this.#options
    this.#nextAt = null
    const random = new SeededRandom(seed, `mode/${appliance}/${this.all.length}`)
    const modes = Object.entries(frequencies[kind] ?? {})
      .filter(([mode]) => !cannotHave.includes(mode))
      .map(([mode, weight]) => [mode, mode === defect ? weight * 5 : weight] as const)
    let rest = random.next() * modes.reduce((sum, [, weight]) => sum + weight, 0)
    const failureMode = modes.find(([, weight]) => {
      rest -= weight
      return rest < 0
    })![0]
    this.all.push(drawFault(kind, appliance, failureMode, onset, random))
  }

  /** JSON has no infinity: −1 is never. */
  keep(): { faults: Fault[]; nextFaultAt: Millis | null } {
    return {
      faults: this.all.map((fault) => ({ ...fault })),
      nextFaultAt: this.#nextAt === Number.POSITIVE_INFINITY ? -1 : this.#nextAt,
    }
  }
  putBack({ faults, nextFaultAt }: ReturnType<FaultCourse['keep']>): void {
    this.all = faults.map((fault) => ({ ...fault }))
    this.#nextAt = nextFaultAt === -1 ? Number.POSITIVE_INFINITY : nextFaultAt
  }
}
