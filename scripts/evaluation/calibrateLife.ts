import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { quantileOf, type Scored } from './scoreDetections.ts'

/** Fewer faults say nothing of a kind's tails. */
const LEAST_FAULTS = 15

/** Writes the quantiles of actual over predicted remaining life into the sidecars: conformal on log life, on the seeds that were run. */
export function calibrateLife(modelsDir: string, kinds: string[], scored: Scored[]): void {
  for (const kind of kinds) {
    const ratios = scored
      .filter((one) => one.truth.kind === kind && one.found && one.predictable)
      .map((one) => one.lifeRatio)
    if (ratios.length < LEAST_FAULTS) continue
    const path = join(modelsDir, `${kind}.json`)
    const model = JSON.parse(readFileSync(path, 'utf8')) as { remainingLife: [number, number, number] }
    // What was predicted carries the former median factor.
    const former = model.remainingLife[1]
    const quantile = (p: number): number => Number((former * quantileOf(ratios, p)).toPrecision(4))
    model.remainingLife = [quantile(0.1), quantile(0.5), quantile(0.9)]
    writeFileSync(path, `${JSON.stringify(model, null, 1)}\n`)
    console.log(`${kind}: remaining life calibrated on ${ratios.length} faults: ${model.remainingLife.join(', ')}`)
  }
}
