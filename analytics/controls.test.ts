import { expect, test } from 'vitest'
import { loadCatalog } from '../catalog/index.ts'
import { type Analysis, type AnalysisOutput, DAY, type DetectionControl, type Reading } from '../core/index.ts'
import { createAnalysis } from './createAnalysis.ts'
import { inputOf } from './features/readingBatches.ts'
import { afterDays, madeFridge, START } from './handMade.fixture.ts'

const catalog = loadCatalog()
const fridge = catalog.kind('fridge')

/** One fridge through the analysis; `controls` take effect before the first reading after their day. */
async function live(
  readings: Reading[],
  controls: { day: number; control: DetectionControl }[],
): Promise<AnalysisOutput[]> {
  const analysis: Analysis = await createAnalysis({ catalog, clock: 'telemetry', modelsDir: null })
  const outputs: AnalysisOutput[] = []
  let offset = 0
  const waiting = [...controls]
  for (let i = 0; i < readings.length; i += 60) {
    const part = readings.slice(i, i + 60)
    while (waiting.length > 0 && part[0]!.ts > afterDays(waiting[0]!.day)) {
      const { control } = waiting.shift()!
      outputs.push(await analysis.accept({ ...inputOf(fridge, []), upTo: ++offset, controls: [{ control, offset }] }))
    }
    outputs.push(
      await analysis.accept(
        inputOf(
          fridge,
          part.map((reading) => ({ appliance: 'a', reading, offset: ++offset })),
        ),
      ),
    )
  }
  return outputs
}

const fault = { fromDay: 20, overDays: 8, capacity: 0.35, power: 0.15 }
/** The faulty fridge until it is repaired on day 30; afterwards as it was, or still faulty. */
const repaired = (truly: boolean): Reading[] => {
  const faulty = madeFridge(1, 50, fault)
  const sound = madeFridge(1, 50)
  return [...faulty.slice(0, 30 * 1440), ...(truly ? sound : faulty).slice(30 * 1440)]
}
const closure = (day: number): { day: number; control: DetectionControl } => ({
  day,
  control: { type: 'verify', appliance: 'a', ticket: 't1', at: afterDays(day), cause: 'refrigerant-leak', alerts: [] },
})

test('a repair that worked is verified on the appliance’s own signal, and its condition recovers', async () => {
  const outputs = await live(repaired(true), [closure(30.2)])
  const verified = outputs.flatMap(({ verifications }) => verifications)
  expect(verified).toMatchObject([{ ticket: 't1', appliance: 'a', outcome: 'passed' }])
  expect(verified[0]!.evidence.length).toBeGreaterThan(0)
  expect(outputs.flatMap(({ detections }) => detections).at(-1)).toMatchObject({ phase: 'recovered' })
})

test('a repair that did not work is found out', async () => {
  const outputs = await live(repaired(false), [closure(30.2)])
  expect(outputs.flatMap(({ verifications }) => verifications)).toMatchObject([{ outcome: 'failed' }])
})

test('a repair of an appliance that is heard no more ends without data', async () => {
  const analysis = await createAnalysis({ catalog, clock: 'wall', modelsDir: null })
  await analysis.accept({
    ...inputOf(
      fridge,
      madeFridge(1, 2).map((reading, i) => ({ appliance: 'a', reading, offset: i + 1 })),
    ),
    ticks: [{ at: START, offset: 0 }],
  })
  await analysis.accept({ ...inputOf(fridge, []), controls: [{ control: closure(2).control, offset: 9_000 }] })
  const ticks = Array.from({ length: 17 * 24 }, (_, i) => ({ at: afterDays(2) + (i * DAY) / 24, offset: 9_001 + i }))
  const out = await analysis.accept({ ...inputOf(fridge, []), upTo: 99_999, ticks })
  expect(out.verifications).toMatchObject([{ ticket: 't1', outcome: 'no-data' }])
})

test('what a muted appliance shows during a visit is no evidence', async () => {
  const readings = madeFridge(5, 22, { fromDay: 20.3, dead: true })
  const muted = await live(readings, [
    { day: 20.2, control: { type: 'mute', appliance: 'a', ticket: 't1', until: afterDays(22) } },
  ])
  expect(muted.flatMap(({ detections }) => detections)).toEqual([])
})

test('a ticket that ends beside a visit leaves it muted; the end of the visit itself does not', async () => {
  const readings = madeFridge(5, 24, { fromDay: 20.3, dead: true })
  const visit = { type: 'mute', appliance: 'a', ticket: 't1', until: afterDays(23) } as const
  const shown = async (...ended: string[]) => {
    const controls = ended.map((ticket) => ({
      day: 20.25,
      control: { type: 'unmute', appliance: 'a', ticket } as const,
    }))
    const outputs = await live(readings, [{ day: 20.2, control: visit }, ...controls])
    return outputs.flatMap(({ detections }) => detections).filter(({ at }) => at < afterDays(23)).length
  }
  expect(await shown('t2')).toBe(0)
  expect(await shown('t2', 't1')).toBeGreaterThan(0)
  // Another visit begins and ends while the first goes on.
  const other = { type: 'mute', appliance: 'a', ticket: 't2', until: afterDays(20.9) } as const
  const outputs = await live(readings, [
    { day: 20.2, control: visit },
    { day: 20.21, control: other },
    { day: 20.25, control: { type: 'unmute', appliance: 'a', ticket: 't2' } },
  ])
  expect(outputs.flatMap(({ detections }) => detections).filter(({ at }) => at < afterDays(23))).toEqual([])
})

test('a dismissed condition does not come back for the same level', async () => {
  const readings = madeFridge(1, 60, fault)
  const first = (await live(readings, []))
    .flatMap(({ detections }) => detections)
    .find(({ phase }) => phase === 'confirmed')!
  const outputs = await live(readings, [
    { day: 40, control: { type: 'dismiss', appliance: 'a', condition: first.condition, at: afterDays(40) } },
  ])
  expect(
    outputs
      .flatMap(({ detections }) => detections)
      .filter(({ at, phase }) => at > afterDays(41) && phase === 'confirmed'),
  ).toEqual([])
})

test('after a release with relearning an appliance learns anew, and says why', async () => {
  const outputs = await live(madeFridge(1, 40), [
    {
      day: 20,
      control: {
        type: 'release',
        appliance: 'a',
        ticket: 't1',
        at: afterDays(20),
        relearn: true,
        reason: 'compressor replaced',
      },
    },
  ])
  const bands = outputs.flatMap(({ features }) => features).filter(({ feature }) => feature === 'duty')
  expect(bands.find(({ at }) => at > afterDays(18))!.low).not.toBeNaN()
  expect(bands.find(({ at }) => at > afterDays(22))!.low).toBeNaN()
  expect(bands.at(-1)!.low).not.toBeNaN()
  expect(outputs.flatMap(({ health }) => health).find(({ learning }) => learning)?.learning?.reason).toBe(
    'compressor replaced',
  )
})

test('a new compressor that draws more than the old one is no fault once the repair was verified', async () => {
  const stronger = madeFridge(1, 50, { fromDay: 20, overDays: 0.1, power: 0.2, capacity: 0.15 })
  const reason = 'repaired and verified'
  const release = { type: 'release', appliance: 'a', ticket: 't1', at: afterDays(20.5), relearn: true, reason } as const
  // The engineer is there while it is fitted: the visit mutes it.
  const visit = { type: 'mute', appliance: 'a', ticket: 't1', until: afterDays(20.5) } as const
  const confirmed = (outputs: AnalysisOutput[]) =>
    outputs.flatMap(({ detections }) => detections).filter(({ phase }) => phase === 'confirmed')
  expect(confirmed(await live(stronger, []))).not.toEqual([])
  const repaired = [
    { day: 19.9, control: visit },
    { day: 20.5, control: release },
  ]
  expect(confirmed(await live(stronger, repaired))).toEqual([])
})
