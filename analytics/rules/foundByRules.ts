import type { AnalysisOutput } from '../../core/index.ts'
import type { Item } from '../features/item.ts'
import type { RuleStage } from './ruleStage.ts'

/**
 * Hands each finished day or cycle to the rules on what is found, right after it was judged and in the same order, and
 * what they say of it to the output.
 */
export class FoundByRules {
  readonly rules: RuleStage
  #out: AnalysisOutput | undefined
  #features = 0
  #cycles = 0
  constructor(rules: RuleStage) {
    this.rules = rules
  }

  heard(item: Item, out: AnalysisOutput): void {
    if (this.#out !== out) {
      this.#out = out
      this.#features = 0
      this.#cycles = 0
    }
    if (item.type !== 'row' && item.type !== 'control') return
    const said: Item[] = []
    if (item.type === 'control') this.rules.control(item.control, item.now, item.offset, said)
    else {
      const own = <T extends { appliance: string }>(rows: T[]): T[] =>
        rows.filter(({ appliance }) => appliance === item.sense.appliance)
      this.rules.found(
        item.sense,
        item.offset,
        own(out.features.slice(this.#features)),
        own(out.cycles.slice(this.#cycles)),
        said,
      )
      this.#features = out.features.length
      this.#cycles = out.cycles.length
    }
    for (const one of said) if (one.type === 'rule') out.detections.push(one.detection)
  }
}
