// `npm run evaluate -- real [tracebase skab nab cmapss ims cwru] [--save]`: public recordings through the product's own detectors.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { wallClock } from '../../core/index.ts'
import { evaluateCmapss } from './cmapss.ts'
import { evaluateCwru } from './cwru.ts'
import { dataFolder } from './dataFolder.ts'
import { evaluateIms } from './ims.ts'
import { evaluateNab } from './nab.ts'
import { type RealResult, realReport } from './realReport.ts'
import { evaluateSkab } from './skab.ts'
import { evaluateTracebase } from './tracebase.ts'

export const dataSets: Record<string, { folder: string; evaluate: (dir: string) => RealResult | Promise<RealResult> }> =
  {
    tracebase: { folder: 'tracebase', evaluate: evaluateTracebase },
    skab: { folder: 'SKAB', evaluate: evaluateSkab },
    nab: { folder: 'NAB', evaluate: evaluateNab },
    cmapss: { folder: 'CMAPSS', evaluate: evaluateCmapss },
    ims: { folder: 'IMS', evaluate: evaluateIms },
    cwru: { folder: 'CWRU', evaluate: evaluateCwru },
  }

/** @param names data sets to read, all when empty @throws when a name is unknown, or not all sets are there to be saved */
export async function evaluateReal(names: string[], save: boolean): Promise<void> {
  const results: RealResult[] = []
  for (const name of names.length > 0 ? names : Object.keys(dataSets)) {
    const dataSet = dataSets[name]
    if (!dataSet) throw new Error(`There is no data set '${name}'. Use: ${Object.keys(dataSets).join(', ')}.`)
    const dir = dataFolder(dataSet.folder)
    if (dir) results.push(await dataSet.evaluate(dir))
    else console.log(`${name} is not here (../shared/data/${dataSet.folder}): skipped.`)
  }
  if (results.length === 0) return
  const text = realReport(results, new Date(wallClock.now()).toISOString().slice(0, 10))
  console.log(text)
  if (!save) return
  if (results.length < Object.keys(dataSets).length) throw new Error('Only a report on all data sets is saved.')
  writeFileSync(fileURLToPath(new URL('../../docs/prediction-real.md', import.meta.url)), text)
}
