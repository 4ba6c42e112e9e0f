import { describe, expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { type AnalysisOutput, type Reading, wholeCopy } from '../../core/index.ts'
import { createAnalysis } from '../createAnalysis.ts'
import { inputOf } from '../features/readingBatches.ts'
import { afterDays, madeFridge } from '../handMade.fixture.ts'

const catalog = loadCatalog()
const fridge = catalog.kind('fridge')
const DAYS = 30
const FROM = 21

/** Changes readings from the fault's day on. */
const from = (change: (reading: Reading, i: number) => Reading, until = DAYS): Reading[] =>
  madeFridge(12, DAYS).map((reading, i) =>
    reading.ts > afterDays(FROM) && reading.ts <= afterDays(until) ? change(reading, i) : reading,
  )
const metric =
  (name: string, change: (x: number, i: number) => number) =>
  (reading: Reading, i: number): Reading => ({
    ...reading,
    metrics: { ...reading.metrics, [name]: change(reading.metrics[name]!, i) },
  })

/** Every detector with a fault that it is for, the metric that it needs, and what is then said. */
const detectors: { name: string; needs: string; faulty: Reading[]; said: string }[] = [
  { name: 'stuck', needs: 'evaporatorTemp', faulty: from(metric('evaporatorTemp', () => -17.3)), said: 'sensor-stuck' },
  { name: 'range', needs: 'condenserTemp', faulty: from(metric('condenserTemp', () => 400)), said: 'unknown' },
  {
    name: 'guard',
    needs: 'cabinetTemp',
    faulty: from((reading) => ({
      ...reading,
      metrics: { ...reading.metrics, cabinetTemp: 14, compressorOn: 0, power: 1.5, compressorStarts: 0 },
    })),
    said: '',
  },
  { name: 'cumulative sum', needs: 'power', faulty: from(metric('power', (x) => (x > 20 ? x * 1.35 : x))), said: '' },
  {
    name: 'signature',
    needs: 'condenserTemp',
    faulty: madeFridge(12, DAYS, { fromDay: FROM, overDays: 3, capacity: 0.3 }),
    said: '',
  },
]

async function detect(readings: Reading[], cut?: number): Promise<AnalysisOutput['detections']> {
  const options = { catalog, clock: 'telemetry', modelsDir: null } as const
  const sent = readings.map((reading, i) => ({ appliance: 'a', reading, offset: i + 1 }))
  let analysis = await createAnalysis(options)
  const first = await analysis.accept(inputOf(fridge, sent.slice(0, cut ?? sent.length)))
  if (cut === undefined) return first.detections
  analysis = await createAnalysis(options, wholeCopy(analysis))
  return [...first.detections, ...(await analysis.accept(inputOf(fridge, sent.slice(cut)))).detections]
}
const confirmed = (detections: AnalysisOutput['detections']) => detections.filter(({ phase }) => phase === 'confirmed')

describe.each(detectors)('the $name detector', ({ needs, faulty, said }) => {
  test('separates its fault from normal', async () => {
    expect(confirmed(await detect(madeFridge(12, DAYS)))).toEqual([])
    const found = confirmed(await detect(faulty))
    expect(found.length).toBeGreaterThan(0)
    expect(found[0]!.at).toBeGreaterThan(afterDays(FROM))
    if (said) expect(found.map(({ hypotheses }) => hypotheses[0]!.failureMode)).toContain(said)
  })
  test('says the same after snapshot and restore in the middle of it', async () => {
    expect(await detect(faulty, 22 * 1440 + 17)).toEqual(await detect(faulty))
  })
  test(`says nothing of it without ${needs}, and goes on`, async () => {
    const without = faulty.map((reading) => ({
      ...reading,
      metrics: Object.fromEntries(Object.entries(reading.metrics).filter(([name]) => name !== needs)),
    }))
    for (const one of await detect(without)) for (const { metric: proof } of one.evidence) expect(proof).not.toBe(needs)
  })
})

test('what a detection says adds up: probabilities and shares to at most 1, both languages, newest proof first', async () => {
  const found = await detect(detectors[4]!.faulty)
  expect(found.length).toBeGreaterThan(0)
  for (const one of found) {
    expect(one.hypotheses.reduce((sum, { probability }) => sum + probability, 0)).toBeLessThanOrEqual(1 + 1e-9)
    expect(one.evidence.reduce((sum, { share }) => sum + share, 0)).toBeLessThanOrEqual(1 + 1e-9)
    for (const text of [one.explanation.engineer, one.explanation.owner]) {
      expect(text.en.length).toBeGreaterThan(10)
      expect(text.zh.length).toBeGreaterThan(5)
    }
    expect(one.condition.startsWith(`${one.appliance}/`)).toBe(true)
    const life = one.remainingLife!
    expect(life.p10).toBeLessThanOrEqual(life.p50)
  }
})
