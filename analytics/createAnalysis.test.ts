import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Kind, loadCatalog } from '../catalog/index.ts'
import {
  type Analysis,
  type AnalysisInput,
  type AnalysisOutput,
  type Copy,
  HOUR,
  MINUTE,
  type Piece,
  type Reading,
  wholeCopy,
} from '../core/index.ts'
import { createAnalysis } from './createAnalysis.ts'
import { inputOf, type Sent } from './features/readingBatches.ts'
import { afterDays, type MadeFault, madeFridge, START } from './handMade.fixture.ts'

const catalog = loadCatalog()
const fridge = catalog.kind('fridge')
const open = (snapshot?: Piece[]): Promise<Analysis> =>
  createAnalysis({ catalog, clock: 'telemetry', modelsDir: null }, snapshot)

const sentBy = (appliance: string, readings: Reading[]): Sent[] =>
  readings.map((reading, i) => ({ appliance, reading, offset: 100 + i }))
const numbered = (sent: Sent[]): Sent[] => sent.map((one, i) => ({ ...one, offset: 100 + i }))

/** What detection says, without its place in the journal, which depends on the order of arrival. */
const said = (outputs: AnalysisOutput[]) =>
  outputs.flatMap(({ detections }) =>
    detections.map(({ condition, phase, at, hypotheses, evidence }) => ({
      condition,
      phase,
      at,
      hypotheses,
      evidence,
    })),
  )

async function detect(sent: Sent[], size = 5_000): Promise<AnalysisOutput[]> {
  const analysis = await open()
  const outputs: AnalysisOutput[] = []
  for (let i = 0; i < sent.length; i += size)
    outputs.push(await analysis.accept(inputOf(fridge, sent.slice(i, i + size))))
  return outputs
}

const fault: MadeFault = { fromDay: 20, overDays: 10, capacity: 0.35, power: 0.15 }

test('a fridge that loses capacity over ten days is confirmed, and a sound one never is', async () => {
  const faulty = said(await detect(sentBy('bad', madeFridge(1, 34, fault))))
  expect(faulty.find(({ phase }) => phase === 'confirmed')?.at).toBeGreaterThan(afterDays(20))
  expect(faulty.find(({ phase }) => phase === 'confirmed')?.at).toBeLessThan(afterDays(30))
  expect(faulty[0]!.evidence.length).toBeGreaterThan(0)
  for (const seed of [2, 3, 4])
    expect(
      said(await detect(sentBy('good', madeFridge(seed, 60)))).filter(({ phase }) => phase === 'confirmed'),
    ).toEqual([])
})

test('a dead compressor is confirmed within two hours of the last run, also by power alone', async () => {
  const dead: MadeFault = { fromDay: 20.3, dead: true }
  const full = said(await detect(sentBy('dead', madeFridge(5, 21, dead))))
  expect(full[0]).toMatchObject({ phase: 'confirmed' })
  expect(full[0]!.at - afterDays(20.3)).toBeLessThan(2 * HOUR)
  const blind = said(await detect(sentBy('blind', madeFridge(5, 21, dead, ['power']))))
  const after = blind.find(({ phase, at }) => phase === 'confirmed' && at > afterDays(20.3))
  expect(after!.at - afterDays(20.3)).toBeLessThan(4 * HOUR)
})

test('cycles, duty and power of a power-only fridge are found', async () => {
  const full = await detect(sentBy('a', madeFridge(6, 6)))
  const blind = await detect(sentBy('a', madeFridge(6, 6, null, ['power'])))
  const cycles = (outputs: AnalysisOutput[]) =>
    outputs.flatMap((out) => out.cycles).filter(({ from }) => from > afterDays(1))
  expect(cycles(blind).length).toBe(cycles(full).length)
  const duty = (outputs: AnalysisOutput[]) =>
    outputs
      .flatMap((out) => out.features)
      .filter(({ feature }) => feature === 'duty')
      .at(-1)!.observed
  expect(duty(blind)).toBeCloseTo(duty(full), 2)
})

test('shuffling within the allowed lateness, other batches, and a restart anywhere change nothing', async () => {
  const sent = sentBy('a', madeFridge(1, 34, fault))
  const expected = said(await detect(sent))
  expect(expected.length).toBeGreaterThan(0)
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 40, max: 9_000 }),
      fc.nat(40_000),
      fc.nat(),
      async (late, size, cut, seed) => {
        const shuffled = numbered(
          sent
            .map((one, i) => ({ one, place: i + (late * (((i * 2_654_435_761 + seed) >>> 8) % 1_000)) / 1_000 }))
            .sort((a, b) => a.place - b.place)
            .map(({ one }) => one),
        )
        let analysis = await open()
        const outputs: AnalysisOutput[] = []
        // The copy is taken while it hears more, and what is opened from it hears that again.
        const pieces: Piece[] = []
        let copy: Copy | undefined
        let since: AnalysisInput[] = []
        for (let i = 0; i < shuffled.length; i += size) {
          const stretch = inputOf(fridge, shuffled.slice(i, i + size))
          outputs.push(await analysis.accept(stretch))
          since.push(stretch)
          if (i <= cut && cut < i + size) {
            copy = analysis.copy((piece) => pieces.push(structuredClone(piece)))
            since = []
          } else if (copy && since.length === 3) {
            while (!copy.step(1));
            copy = undefined
            analysis = await open(pieces)
            for (const again of since) await analysis.accept(again)
          }
        }
        expect(said(outputs)).toEqual(expected)
      },
    ),
    { numRuns: 5 },
  )
})

test('truncating the future changes no earlier detection', async () => {
  const sent = sentBy('a', madeFridge(1, 34, fault))
  const whole = said(await detect(sent))
  for (const days of [24, 27, 30]) {
    const until = sent.filter(({ reading }) => reading.ts <= afterDays(days))
    expect(said(await detect(until))).toEqual(whole.filter(({ at }) => at <= afterDays(days)))
  }
})

test('an appliance is silent after six hours of the clock, not before, and speaks again', async () => {
  const analysis = await open()
  const quiet = sentBy('quiet', madeFridge(7, 0.5))
  const others = ['b', 'c', 'd'].flatMap((id) => sentBy(id, madeFridge(8, 1)))
  const all = numbered([...quiet, ...others].sort((a, b) => a.reading.ts - b.reading.ts))
  const outputs: AnalysisOutput[] = []
  for (let i = 0; i < all.length; i += 100) outputs.push(await analysis.accept(inputOf(fridge, all.slice(i, i + 100))))
  const last = quiet.at(-1)!.reading.ts
  expect(said(outputs)).toMatchObject([
    { condition: `quiet/silent/${last + 6 * HOUR}`, phase: 'confirmed', at: last + 6 * HOUR },
  ])
  const back = { ...quiet[0]!, offset: 1e6, reading: { ...quiet[0]!.reading, ts: START + 25 * HOUR } }
  expect(said([await analysis.accept(inputOf(fridge, [back]))])).toMatchObject([{ phase: 'recovered' }])
})

test('one announced off is not silent until its time', async () => {
  const analysis = await open()
  await analysis.accept(inputOf(fridge, sentBy('off', madeFridge(7, 0.1))))
  await analysis.accept({
    ...inputOf(fridge, []),
    presence: [{ appliance: 'off', online: false, until: START + 30 * HOUR, arrivedAt: 0, offset: 1e5 }],
  })
  const others = numbered(
    ['b', 'c', 'd'].flatMap((id) => sentBy(id, madeFridge(8, 1.4))).sort((a, b) => a.reading.ts - b.reading.ts),
  )
  const out = await analysis.accept(
    inputOf(
      fridge,
      others.map((one) => ({ ...one, offset: one.offset + 1e6 })),
    ),
  )
  expect(out.detections).toEqual([])
})

test('a reading over a gap waits for it to fill, and one that comes too late is not scored', async () => {
  const analysis = await open()
  const sent = sentBy('a', madeFridge(9, 0.1))
  await analysis.accept(inputOf(fridge, sent.slice(0, 60)))
  await analysis.accept(inputOf(fridge, sent.slice(62, 64)))
  expect(analysis.held()).toBe(2)
  await analysis.accept(inputOf(fridge, sent.slice(60, 62)))
  expect(analysis.held()).toBe(0)
  await analysis.accept(inputOf(fridge, sent.slice(65, 70)))
  expect(analysis.held()).toBe(5)
  await analysis.accept(inputOf(fridge, sent.slice(70, 81)))
  expect(analysis.held()).toBe(0)
})

test('a wall clock is moved by ticks alone', async () => {
  const analysis = await createAnalysis({ catalog, clock: 'wall', modelsDir: null })
  await analysis.accept(inputOf(fridge, sentBy('a', madeFridge(9, 0.1))))
  expect(analysis.now()).toBe(0)
  const out = await analysis.accept({ ...inputOf(fridge, []), upTo: 900, ticks: [{ at: START + MINUTE, offset: 900 }] })
  expect(out.now).toBe(START + MINUTE)
})

test('a snapshot of another version is refused with what to do', async () => {
  await expect(open([['analysis', '', { layout: 1 }]])).rejects.toMatchObject({ code: 'stale-snapshot' })
})

test('after a kind was added and another was changed, the others go on as if nothing was', async () => {
  const ac = catalog.kind('ac')
  const changed = {
    ...ac,
    detection: { ...ac.detection!, features: { ...ac.detection!.features } },
  }
  delete changed.detection.features.runMinutes
  const only = (...kinds: Kind[]) => ({ ...catalog, kinds: new Map(kinds.map((kind) => [kind.kind, kind])) })
  const start = (of: Kind[], snapshot?: Piece[]): Promise<Analysis> =>
    createAnalysis({ catalog: only(...of), clock: 'telemetry', modelsDir: null }, snapshot)
  const sent = sentBy('a', madeFridge(1, 34, fault))
  const room = (from: number, to: number): Sent[] =>
    Array.from({ length: to - from }, (_, i) => ({
      appliance: 'room',
      reading: { ts: START + (from + i) * MINUTE, metrics: { power: i % 60 < 20 ? 800 : 3, roomTemp: 24 } },
      offset: 1e6 + from + i,
    }))
  const cut = 25 * 1440
  const first = await start([fridge, ac])
  const expected = said(await detect(sent))
  expect(expected.length).toBeGreaterThan(0)
  const before = said([
    await first.accept(inputOf(fridge, sent.slice(0, cut))),
    await first.accept(inputOf(ac, room(1, 600))),
  ])
  for (const kinds of [[fridge, ac, catalog.kind('washer')], [fridge, changed], [fridge]]) {
    const second = await start(kinds, wholeCopy(first))
    const after = said([
      await second.accept(inputOf(fridge, sent.slice(cut))),
      ...(kinds.length > 1 ? [await second.accept(inputOf(kinds[1]!, room(600, 1200)))] : []),
    ])
    expect([...before, ...after].filter(({ condition }) => condition.startsWith('a/'))).toEqual(expected)
  }
})
