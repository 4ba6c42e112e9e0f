import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadCatalog } from '../catalog/index.ts'
import { type Analysis, type AnalysisInput, type AnalysisOutput, type Piece, wholeCopy } from '../core/index.ts'
import { createAnalysis } from './createAnalysis.ts'
import { inputOf, type Sent } from './features/readingBatches.ts'
import { type MadeFault, madeFridge } from './handMade.fixture.ts'
import { completeModelSet, modelSetOf, readModelSet } from './modelSet.ts'

const catalog = loadCatalog()
const fridge = catalog.kind('fridge')
const shipped = fileURLToPath(new URL('../models', import.meta.url))
let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'hearthwatch-models-'))
  cpSync(shipped, join(root, 'one'), { recursive: true })
  cpSync(shipped, join(root, 'two'), { recursive: true })
  // The same knowledge in other units: what is expected of an appliance must not move by it.
  change('two', (model) => {
    model.version = 'two'
    for (const one of Object.values(model.covariates)) {
      one.centre += 0.4 * one.scale
      one.scale *= 1.5
    }
    for (const prior of Object.values(model.priors))
      for (const slope of Object.values(prior.slopes)) {
        prior.mean += 0.4 * slope.mean
        slope.mean *= 1.5
        slope.spread *= 1.5
      }
  })
})
afterAll(() => rmSync(root, { recursive: true }))

interface Sidecar {
  version: string
  covariates: Record<string, { centre: number; scale: number }>
  priors: Record<string, { mean: number; slopes: Record<string, { mean: number; spread: number }> }>
}
function change(set: string, how: (model: Sidecar) => void): void {
  const path = join(root, set, 'fridge.json')
  const model = JSON.parse(readFileSync(path, 'utf8')) as Sidecar
  how(model)
  writeFileSync(path, JSON.stringify(model))
}

const open = (snapshot?: Piece[]): Promise<Analysis> =>
  createAnalysis(
    {
      catalog,
      clock: 'telemetry',
      modelsDir: join(root, 'one'),
      versions: { first: 'one', dirOf: (set) => join(root, set) },
    },
    snapshot,
  )

const fault: MadeFault = { fromDay: 26, overDays: 8, capacity: 0.35, power: 0.15 }
const sent: Sent[] = madeFridge(1, 34, fault).map((reading, i) => ({ appliance: 'a', reading, offset: 2 * i + 1 }))
/** Between two readings of the 24th day: commissioning is over, the fault has not begun. */
const SWAP_AT = 2 * 24 * 1440

/** Stretches of so many readings; the swap falls into whichever holds its offset. */
function stretches(size: number, swaps: { set: string; offset: number }[]): AnalysisInput[] {
  const inputs: AnalysisInput[] = []
  for (let i = 0; i < sent.length; i += size) {
    const part = sent.slice(i, i + size)
    const input = inputOf(fridge, part)
    const [from, upTo] = [part[0]!.offset, part.at(-1)!.offset + 1]
    inputs.push({
      ...input,
      upTo,
      controls: swaps
        .filter(({ offset }) => offset > from && offset <= upTo)
        .map(({ set, offset }) => ({ control: { type: 'models', appliance: '', set, swap: `to-${set}` }, offset })),
    })
  }
  return inputs
}
const said = (outputs: AnalysisOutput[]) => ({
  detections: outputs.flatMap(({ detections }) =>
    detections.map(({ condition, phase, at, detector, offset }) => ({ condition, phase, at, detector, offset })),
  ),
  swaps: outputs.flatMap(({ swaps }) => swaps),
})

test('a swap takes effect at its own place in the journal, however the journal is cut, and after a restart anywhere', {
  timeout: 120_000,
}, async () => {
  const run = async (size: number, cutAt = -1) => {
    let analysis = await open()
    const outputs: AnalysisOutput[] = []
    for (const [i, input] of stretches(size, [{ set: 'two', offset: SWAP_AT }]).entries()) {
      outputs.push(await analysis.accept(input))
      if (i === cutAt) analysis = await open(wholeCopy(analysis))
    }
    expect(analysis.models()).toBe('two')
    return said(outputs)
  }
  const expected = await run(5_000)
  expect(expected.swaps).toMatchObject([{ swap: 'to-two', set: 'two', offset: SWAP_AT }])
  const confirmed = expected.detections.filter(({ phase }) => phase === 'confirmed')
  expect(confirmed.length).toBeGreaterThan(0)
  expect(confirmed.every(({ detector }) => detector.endsWith(' two'))).toBe(true)
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 200, max: 20_000 }), fc.nat(10), async (size, cutAt) => {
      expect(await run(size, cutAt)).toEqual(expected)
    }),
    { numRuns: 4 },
  )
})

test('what commissioning taught stays, in the other model’s units: nothing is learned anew, and bands do not move', async () => {
  const bands = async (swaps: { set: string; offset: number }[]) => {
    const analysis = await open()
    const outputs: AnalysisOutput[] = []
    for (const input of stretches(5_000, swaps)) outputs.push(await analysis.accept(input))
    return outputs.flatMap(({ features }) => features).filter(({ low }) => !Number.isNaN(low))
  }
  const [stays, swapped] = [await bands([]), await bands([{ set: 'two', offset: SWAP_AT }])]
  expect(swapped.length).toBe(stays.length)
  expect(stays.length).toBeGreaterThan(100)
  for (const [i, { observed, low, high }] of stays.entries()) {
    const other = swapped[i]!
    expect(other.observed).toBe(observed)
    // How far lines bend outside of what commissioning saw is counted in scaled units, so bands may widen; their middle stays.
    expect((other.low + other.high) / 2 / ((low + high) / 2)).toBeCloseTo(1, 1)
  }
})

test('a version that cannot be used is refused, and the one before goes on', async () => {
  cpSync(join(root, 'two'), join(root, 'damaged'), { recursive: true })
  writeFileSync(join(root, 'damaged', 'fridge-day-pca.onnx'), 'x')
  const analysis = await open()
  const [only] = stretches(60_000, [
    { set: 'damaged', offset: SWAP_AT },
    { set: 'nowhere', offset: SWAP_AT + 2 },
  ])
  const { swaps } = await analysis.accept(only!)
  expect(swaps).toMatchObject([{ set: 'damaged' }, { set: 'nowhere' }])
  expect(swaps[0]!.refused).toContain('fridge-day-pca.onnx')
  expect(swaps[1]!.refused).toContain('nowhere')
  expect(analysis.models()).toBe('one')
})

test('a version is named by what its files hold, and what it reached on held-out fleets is not part of it', () => {
  const one = readModelSet(join(root, 'one'))
  expect(one.kinds.map(({ kind }) => kind)).toEqual(['ac', 'fridge', 'washer'])
  const noted = new Map(one.files)
  const sidecar = JSON.parse(Buffer.from(noted.get('ac.json')!).toString()) as object
  noted.set('ac.json', Buffer.from(JSON.stringify({ ...sidecar, heldOut: { recall: 0.9 } }, null, 1)))
  expect(modelSetOf(noted, 'noted').id).toBe(one.id)
  const other = new Map(one.files).set('ac-life.onnx', Buffer.from('more'))
  expect(modelSetOf(other, 'other').id).not.toBe(one.id)
})

test('kinds that a candidate was not trained for keep every file that they have', () => {
  const [one, two] = [readModelSet(join(root, 'one')), readModelSet(join(root, 'two'))]
  const part = modelSetOf(new Map([...two.files].filter(([name]) => name.startsWith('fridge'))), 'a part')
  const whole = completeModelSet(part, one)
  expect([...whole.files.keys()].sort()).toEqual([...one.files.keys()].sort())
  expect(whole.kinds.find(({ kind }) => kind === 'fridge')?.version).toBe('two')
  expect(whole.files.get('ac.json')).toEqual(one.files.get('ac.json'))
  expect(completeModelSet(whole, one)).toBe(whole)
})
