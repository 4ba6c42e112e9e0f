import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import {
  type Analysis,
  type AnalysisInput,
  type Detection,
  MINUTE,
  type Piece,
  type Reading,
  type Rule,
  ruleBodySchema,
  SeededRandom,
  wholeCopy,
} from '../../core/index.ts'
import { createAnalysis } from '../createAnalysis.ts'
import { inputOf, type Sent } from '../features/readingBatches.ts'
import { madeFridge, START } from '../handMade.fixture.ts'
import { compileFor, runOnReadings, scanOf } from './runRule.ts'

const catalog = loadCatalog()
const fridge = catalog.kind('fridge')
const ruleOf = (id: string, when: unknown, more: object = {}): Rule => ({
  ...ruleBodySchema.parse({
    name: { en: 'Warm', zh: '温度高' },
    owner: { en: 'It is warm.', zh: '温度偏高。' },
    scope: { kind: 'fridge' },
    severity: 'warning',
    when,
    ...more,
  }),
  id,
  version: 1,
})
const warm = ruleOf(
  'warm',
  { of: 'reading', all: [{ metric: 'cabinetTemp', op: 'above', limit: 5.2, release: 4.6 }] },
  { holdMinutes: 3, clearMinutes: 4, holeMinutes: 60 },
)
const rules = [
  warm,
  ruleOf('duty', { of: 'feature', feature: 'duty', op: 'above', limit: 0.05 }),
  ruleOf('long', { of: 'cycle', cycle: 'compressor', op: 'above', limit: 5 }),
  ruleOf('code', { of: 'event', type: 'error', code: 'E1', times: 2, withinHours: 10 }),
]

/** A fridge whose doors make it warm now and then, in a stretch with holes. */
function readings(seed: number, days: number): Reading[] {
  const random = new SeededRandom(seed, 'holes')
  let hole = 0
  return madeFridge(seed, days).filter(() => {
    if (hole > 0) hole--
    else if (random.next() < 0.0006) hole = Math.floor(random.next() * 150)
    return hole === 0
  })
}
const inputs = (seed: number, days: number, cuts: readonly number[]): AnalysisInput[] => {
  const sent: Sent[] = readings(seed, days).map((reading, i) => ({ appliance: 'f', reading, offset: 1_000 + 10 * i }))
  const edges = [...new Set([0, ...cuts.map((cut) => Math.floor(cut * sent.length)), sent.length])].sort(
    (a, b) => a - b,
  )
  return edges.slice(1).map((to, i) => {
    const some = sent.slice(edges[i], to)
    const input = inputOf(fridge, some)
    const events = some.flatMap(({ reading, offset }) =>
      (offset / 10) % 500 === 7
        ? [{ appliance: 'f', kind: 'fridge', ts: reading.ts, type: 'error', code: 'E1', body: {}, offset: offset + 1 }]
        : [],
    )
    return { ...input, events }
  })
}
const open = (snapshot?: Piece[]): Promise<Analysis> =>
  createAnalysis({ catalog, clock: 'telemetry', modelsDir: null }, snapshot)
const arm: AnalysisInput = {
  ...inputOf(fridge, []),
  upTo: 500,
  controls: rules.map((rule, i) => ({ control: { type: 'rule', appliance: '', id: rule.id, rule }, offset: 100 + i })),
}
const ofRules = (detections: Detection[]) => detections.filter(({ detector }) => detector.startsWith('rule/'))

async function detect(all: AnalysisInput[], restartAt = -1): Promise<Detection[]> {
  let analysis = await open()
  const said: Detection[] = []
  for (const [i, input] of [arm, ...all].entries()) {
    said.push(...(await analysis.accept(input)).detections)
    if (i === restartAt) analysis = await open(wholeCopy(analysis))
  }
  return said
}

test('rules on readings, features, cycles and events speak, with value, limit and moment', async () => {
  const said = ofRules(await detect(inputs(3, 6, [])))
  const by = Map.groupBy(said, ({ detector }) => detector)
  expect([...by.keys()].sort()).toEqual(['rule/code@1', 'rule/duty@1', 'rule/long@1', 'rule/warm@1'])
  const first = by.get('rule/warm@1')?.[0]
  expect(first).toMatchObject({
    phase: 'confirmed',
    hypotheses: [{ failureMode: 'rule-warm' }],
    explanation: { owner: { en: 'It is warm.' } },
  })
  const [proof] = first?.evidence ?? []
  expect(proof).toMatchObject({ feature: 'cabinetTemp', metric: 'cabinetTemp', unit: 'Cel', scale: 'limit' })
  expect(proof?.expected[1]).toBe(5.2)
  expect((proof?.to ?? 0) - (proof?.from ?? 0)).toBeGreaterThanOrEqual(3 * MINUTE)
})

test('however the journal is cut, and wherever it is started again, rules say the same', async () => {
  const whole = await detect(inputs(4, 4, []))
  expect(ofRules(whole).length).toBeGreaterThan(20)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
      fc.nat(5),
      async (cuts, at) => {
        expect(await detect(inputs(4, 4, cuts), at)).toEqual(whole)
      },
    ),
    { numRuns: 12 },
  )
})

test('run over the recorded readings, stretches without it left out, a rule speaks when it did', async () => {
  const said = ofRules(await detect(inputs(5, 8, []))).filter(
    ({ detector, phase }) => detector === 'rule/warm@1' && phase === 'confirmed',
  )
  expect(said.length).toBeGreaterThan(20)
  const one = compileFor(catalog, warm)
  const scan = scanOf(warm, one.timing)
  const all = readings(5, 8)
  const stretch = ({ ts }: Reading): number => Math.floor(ts / scan.stretchMs)
  const hot = new Set(all.filter(({ metrics }) => (metrics.cabinetTemp ?? 0) > 4.6).map(stretch))
  const kept = all.filter((reading) => hot.has(stretch(reading)))
  expect(kept.length).toBeLessThanOrEqual(all.length)
  const runs = runOnReadings(fridge, one, scan, {
    appliances: ['f'],
    applianceIndex: new Int32Array(kept.length),
    ts: Float64Array.from(kept, ({ ts }) => ts),
    values: [Float64Array.from(kept, ({ metrics }) => metrics.cabinetTemp ?? Number.NaN)],
    states: [],
  })
  expect(runs.map(({ at }) => at)).toEqual(said.map(({ at }) => at))
})

test('a rule that is withdrawn takes back what stands, and one that is repaired speaks anew', async () => {
  const analysis = await open()
  await analysis.accept(arm)
  const hot = (minute: number): Sent => ({
    appliance: 'f',
    reading: { ts: START + minute * MINUTE, metrics: { cabinetTemp: 9 } },
    offset: 1_000 + minute,
  })
  const take = async (sent: Sent[], control?: AnalysisInput['controls'][number]) =>
    ofRules((await analysis.accept({ ...inputOf(fridge, sent), controls: control ? [control] : [] })).detections)
  const [first] = await take(Array.from({ length: 30 }, (_, i) => hot(i + 1)))
  expect(first?.phase).toBe('confirmed')
  const at = START + 31 * MINUTE
  const again = await take([hot(31), hot(32), hot(33), hot(34), hot(35)], {
    control: { type: 'verify', appliance: 'f', ticket: 't', at, cause: 'none', alerts: [] },
    offset: 1_030.5,
  })
  expect(again.map(({ phase, condition }) => [phase, condition === first?.condition])).toEqual([['confirmed', false]])
  const over = await take([], { control: { type: 'rule', appliance: '', id: 'warm' }, offset: 2_000 })
  expect(over).toMatchObject([{ phase: 'recovered', condition: again[0]?.condition }])
  expect(await take([hot(50), hot(54), hot(60)])).toEqual([])
})
