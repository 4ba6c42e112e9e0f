import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadCatalog } from '../catalog/index.ts'
import {
  DAY,
  type FrameIn,
  type IngestCounters,
  MINUTE,
  type StoredBatch,
  type TelemetryStore,
  wholeCopy,
} from '../core/index.ts'
import { addCounters, noCounters } from './counters.ts'
import { createIngestStage } from './ingestStage.ts'
import { groupInMemory } from './journal/groupInMemory.ts'
import { readingSchema } from './reading/checkReading.ts'
import { contentHash, hashReading } from './reading/contentHash.ts'
import { arrayElements } from './reading/payloadParts.ts'
import { readValues } from './reading/readValues.ts'
import { MAX_PAYLOAD_BYTES } from './readingStage.ts'
import { reading, T0, telemetry } from './store/telemetryStore.contract.ts'

const catalog = loadCatalog()
const none: TelemetryStore['known'] = async () => []

/** A store's memory of places, as plain as can be. */
class PlainStore {
  rows = new Map<string, Awaited<ReturnType<TelemetryStore['known']>>[number]>()
  known: TelemetryStore['known'] = async (keys) =>
    keys.flatMap(({ appliance, ts }) => this.rows.get(`${appliance} ${ts}`) ?? [])
  take({ readings }: StoredBatch): void {
    for (const batch of readings) {
      for (let row = 0; row < batch.count; row++) {
        const appliance = batch.appliances[batch.applianceIndex[row]!]!
        const key = `${appliance} ${batch.ts[row]}`
        expect(this.rows.has(key)).toBe(false)
        this.rows.set(key, {
          appliance,
          ts: batch.ts[row]!,
          hashHigh: batch.hashHigh[row]!,
          hashLow: batch.hashLow[row]!,
          offset: batch.offset[row]!,
          index: batch.index[row]!,
        })
      }
    }
  }
}
const takeOne = async (frames: FrameIn[], clockKind: 'wall' | 'telemetry' = 'wall') =>
  await createIngestStage({ catalog, clockKind, known: none }).take(groupInMemory(frames, 0))
const reasons = async (payload: unknown, more: Partial<FrameIn> = {}, clockKind?: 'wall' | 'telemetry') => {
  const { batch } = await takeOne([telemetry(payload, 'f1', more)], clockKind)
  const { received, stored, quarantined } = batch.counters.readings
  expect(received).toBe(stored + Object.values(quarantined).reduce((a, b) => a + b, 0))
  return batch.quarantined.map(({ reason }) => reason)
}

test('what was stored before its frame was damaged is still known: a repeat after the repair is a duplicate', async () => {
  const store = new PlainStore()
  const [kept, damaged, repeat] = [
    telemetry(reading(T0, 1)),
    telemetry(reading(T0 + MINUTE, 2)),
    telemetry(reading(T0 + MINUTE, 2)),
  ]
  const event = telemetry({ ts: T0, type: 'error', code: 'E1' }, 'f1', { type: 'event' })
  const once = createIngestStage({ catalog, clockKind: 'wall', known: store.known })
  const first = groupInMemory([kept, damaged, event], 0)
  const { batch } = await once.take(first)
  store.take(batch)
  const rowsOf = async () => batch.events.map((one) => ({ ...one, offset: 0 }))
  // From the beginning again, as after a crash before any snapshot, with two frames that the repair made void.
  const again = createIngestStage({
    catalog,
    clockKind: 'wall',
    known: store.known,
    latest: async () => new Map([['f1', { ts: T0 + MINUTE, metrics: {}, states: {} }]]),
    events: rowsOf as never,
  })
  const voided = (frame: FrameIn): FrameIn => ({ ...frame, type: 'void' })
  const { batch: replayed } = await again.take(groupInMemory([kept, voided(damaged), voided(event)], 0))
  const { batch: after } = await again.take(
    groupInMemory([repeat, event, telemetry(reading(T0 + 2 * MINUTE, 3))], replayed.upTo),
  )
  expect(after.counters.readings).toMatchObject({ received: 2, stored: 1, duplicates: 1 })
  expect(after.counters.events).toMatchObject({ received: 1, stored: 0, duplicates: 1 })
})

describe('what a payload comes to', () => {
  const many = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`x${i}`, i]))
  test.each([
    ['{"ts":1', ['bad-json']],
    ['', ['bad-json']],
    [Buffer.from([0x22, 0xff, 0x22]).toString('latin1'), ['bad-shape']],
    [`"${'x'.repeat(MAX_PAYLOAD_BYTES)}"`, ['too-large']],
    [JSON.stringify(Array(1001).fill(reading(T0, 1))), ['too-many']],
    ['[]', []],
    ['5', ['bad-shape']],
    ['null', ['bad-shape']],
    ['[null, 1, "x", []]', ['bad-shape', 'bad-shape', 'bad-shape', 'bad-shape']],
    [{ metrics: { power: 1 } }, ['bad-shape']],
    [{ ts: T0 }, ['bad-shape']],
    [{ ts: `${T0}`, metrics: { power: 1 } }, ['bad-shape']],
    [{ ts: T0 + 0.5, metrics: { power: 1 } }, ['bad-shape']],
    [`{"ts":${T0},"metrics":{"power":1e999}}`, ['no-valid-metric']],
    [{ ts: T0, metrics: { power: null } }, ['no-valid-metric']],
    [{ ts: T0, metrics: { power: 1, cabinetTemp: '4' } }, []],
    [`[{"ts":${T0},"metrics":{"power":NaN,"cabinetTemp":4}},{"ts":${T0 + 1},"metrics":{"power":1}}]\0`, []],
    [{ ts: T0, metrics: { cabinetTemp: 85 } }, ['no-valid-metric']],
    [{ ts: T0, metrics: { power: 1 }, states: null }, []],
    [{ ts: T0, metrics: { power: 1 }, states: { mode: 3 } }, []],
    [{ ts: T0, metrics: { power: 1 }, states: { unheardOf: 3 }, other: [null] }, []],
    [{ ts: T0, metrics: { power: 1 }, firmware: 2 }, []],
    [{ ts: T0, metrics: { power: 1 }, firmware: 'x'.repeat(129) }, []],
    [{ ts: T0, metrics: many(32) }, []],
    [{ ts: T0, metrics: { power: 1, ...many(33) } }, []],
    [{ ts: Date.UTC(2015, 0, 1) - 1, metrics: {} }, ['too-old']],
    [{ ts: T0, metrics: {} }, ['no-valid-metric']],
    [{ ts: T0, metrics: { power: -1 } }, ['no-valid-metric']],
    [{ ts: T0, metrics: { power: -1, cabinetTemp: 4 } }, []],
    [`{"ts":${T0},"metrics":{"__proto__":1}}`, []],
  ])('%.60j → %j', async (payload, wanted) => {
    expect(await reasons(payload)).toEqual(wanted)
  })

  test('bytes that are not UTF-8 are bad-json, whole', async () => {
    expect(await reasons('x', { payload: Buffer.from([0x22, 0xff, 0x22]) })).toEqual(['bad-json'])
  })

  test('the future begins 10 minutes past the clock at arrival, or 400 days under the telemetry clock', async () => {
    const at = { arrivedAt: T0 }
    expect(await reasons(reading(T0 + 10 * MINUTE, 1), at)).toEqual([])
    expect(await reasons(reading(T0 + 10 * MINUTE + 1, 1), at)).toEqual(['in-future'])
    expect(await reasons(reading(T0 + 400 * DAY, 1), at, 'telemetry')).toEqual([])
    expect(await reasons(reading(T0 + 400 * DAY + 1, 1), at, 'telemetry')).toEqual(['in-future'])
  })

  test('values outside their range are marked, unknown metrics kept, and columns are in the catalog’s order', async () => {
    const { batch, input } = await takeOne([
      telemetry({ ts: T0, metrics: { power: 9999, cabinetTemp: 4, odd: 1 }, states: { mode: 'eco' }, firmware: '1' }),
      telemetry({ ts: T0, metrics: { waterTemp: 30 }, states: { phase: 'spin', program: 'wool' } }, 'w1', {
        kind: 'washer',
      }),
      telemetry({ ts: T0 + 1, metrics: { waterTemp: 30 }, states: { phase: 'dance' } }, 'w1', { kind: 'washer' }),
    ])
    const [fridge, washer] = batch.readings
    const m = catalog.kind('fridge').metricIndex
    expect(fridge!.values[m.get('power')!]![0]).toBe(9999)
    expect(fridge!.invalid[0]).toBe(1 << m.get('power')!)
    expect(fridge!.values[m.get('fanSpeed')!]![0]).toBeNaN()
    expect(fridge!.extras).toEqual(new Map([[0, '{"odd":1}']]))
    expect(fridge!.words).toEqual(['eco', '1'])
    const phase = catalog.kind('washer').stateNames.indexOf('phase')
    expect([...washer!.states[phase]!]).toEqual([(catalog.kind('washer').states.phase as string[]).indexOf('spin'), -1])
    expect(input.readings).toEqual(batch.readings)
  })

  test('events are known by (ts, type, code); status messages become presence; ticks and controls pass through', async () => {
    const event = (body: object): FrameIn => telemetry(body, 'f1', { type: 'event' })
    const status = (text: string): FrameIn => telemetry(text, 'f1', { type: 'status' })
    const { batch, input } = await takeOne([
      event({ ts: T0, type: 'error', code: 'E1', more: 1 }),
      event({ ts: T0, type: 'error', code: 'E1', more: 2 }),
      event({ ts: T0, type: 'error', code: 'E2' }),
      event({ ts: T0, type: 'error' }),
      event({ ts: T0 }),
      event({ ts: 5, type: 'x' }),
      telemetry('{', 'f1', { type: 'event' }),
      status(`{"online":false,"until":${T0}}`),
      status('{"online":false,"until":5}'),
      status(`{"online":false,"until":${Date.UTC(2100, 0, 1)}}`),
      status('{"online":"no"}'),
      telemetry('', '', { type: 'tick', kind: '', arrivedAt: 77 }),
      telemetry({ type: 'retire', appliance: 'f1' }, 'f1', { type: 'control' }),
    ])
    expect(batch.counters.events).toEqual({ received: 10, stored: 3, duplicates: 1, quarantined: 6 })
    expect(batch.quarantined.map(({ topic, reason }) => [topic, reason])).toEqual([
      ['event', 'bad-shape'],
      ['event', 'too-old'],
      ['event', 'bad-json'],
      ['status', 'bad-shape'],
      ['status', 'bad-shape'],
      ['status', 'bad-shape'],
    ])
    expect(input.presence).toMatchObject([{ appliance: 'f1', online: false, until: T0 }])
    expect(input.ticks).toMatchObject([{ at: 77 }])
    expect(input.controls).toMatchObject([{ control: { type: 'retire', appliance: 'f1' } }])
  })

  test('the elements of an array come back byte for byte', () => {
    const space = fc.constantFrom('', ' ', '\n\t')
    const element = fc
      .tuple(space, fc.jsonValue({ maxDepth: 3 }), space)
      .map(([a, value, b]) => [a, JSON.stringify(value), b])
    fc.assert(
      fc.property(fc.array(element), (elements) => {
        const text = ` [${elements.map((parts) => parts.join('')).join(',')}] `
        expect(arrayElements(Buffer.from(text)).map((bytes) => Buffer.from(bytes).toString())).toEqual(
          elements.map(([, value]) => value),
        )
      }),
    )
  })
})

describe('properties', () => {
  const names = [...catalog.kind('washer').metricNames, 'odd', 'constructor', 'toString']
  const value = fc.oneof(
    { weight: 6, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
    fc.constantFrom(null, '1', true, [], {}, Number.POSITIVE_INFINITY),
  )
  const anyReading = fc.record(
    {
      ts: fc.oneof(
        { weight: 5, arbitrary: fc.integer({ min: 0, max: 2 ** 50 }) },
        fc.constantFrom(null, '1', 1.5, 2 ** 60),
      ),
      firmware: fc.oneof({ weight: 3, arbitrary: fc.string() }, fc.constantFrom(null, 5)),
      metrics: fc.oneof(
        {
          weight: 8,
          arbitrary: fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.stringMatching(/^x\d{1,3}$/)), value, {
            maxKeys: 45,
            noNullPrototype: true,
          }),
        },
        fc.constantFrom(null, [], 'x'),
      ),
      states: fc.oneof(
        {
          weight: 5,
          arbitrary: fc.dictionary(
            fc.constantFrom('phase', 'program', 'odd'),
            fc.oneof(fc.string(), fc.constantFrom(null, 1)),
            { noNullPrototype: true },
          ),
        },
        fc.constantFrom(null, []),
      ),
      other: fc.jsonValue(),
    },
    { requiredKeys: [], noNullPrototype: true },
  )

  test('what the schema allows counts wholly, and of anything else exactly the sound values do', () => {
    const washer = catalog.kind('washer')
    const [schema, read] = [readingSchema(washer), readValues(washer)]
    fc.assert(
      fc.property(fc.oneof({ weight: 9, arbitrary: anyReading }, fc.jsonValue()), (given) => {
        const found = read(given)
        const { ts, metrics } = (given ?? {}) as { ts?: unknown; metrics?: unknown }
        const isReading =
          Number.isInteger(ts) && typeof metrics === 'object' && metrics !== null && !Array.isArray(metrics)
        expect(typeof found !== 'string').toBe(isReading)
        if (typeof found === 'string') return
        if (schema.safeParse(given).success) expect(found.dropped).toEqual([])
        const sent = Object.entries(metrics as object)
        expect(Object.values(found.metrics).every((value) => Number.isFinite(value))).toBe(true)
        const droppedMetrics = found.dropped.filter(({ metric }) => sent.some(([name]) => name === metric))
        expect(Object.keys(found.metrics).length + droppedMetrics.length).toBeGreaterThanOrEqual(sent.length)
      }),
      { numRuns: 1_000 },
    )
  })

  test('the hash knows content by value: not the order of keys, not the sign of 0, and every change', () => {
    const metrics = fc.dictionary(
      fc.stringMatching(/^[a-z]{1,6}$/),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      { minKeys: 1 },
    )
    const hash = (of: Record<string, number>, states?: Record<string, string>, firmware?: string) => {
      hashReading(of, states, firmware, undefined)
      return `${contentHash.high}-${contentHash.low}`
    }
    fc.assert(
      fc.property(metrics, fc.string(), (of, text) => {
        const turned = Object.fromEntries(Object.entries(of).reverse())
        expect(hash(turned)).toBe(hash(of))
        const [name] = Object.keys(of) as [string]
        expect(hash({ ...of, [name]: -0 })).toBe(hash({ ...of, [name]: 0 }))
        const all = [
          hash(of),
          hash({ ...of, [name]: of[name]! + 1e300 }),
          hash(of, { mode: text }),
          hash(of, undefined, text),
          hash(of, { [text]: 'mode' }),
        ]
        expect(new Set(all).size).toBeGreaterThanOrEqual(text === 'mode' ? 4 : 5)
      }),
      { examples: [[{ a: 1 }, 'mode']] },
    )
  })

  test('counts always balance, and a reading is new exactly when no earlier one had its ts, however groups are cut', async () => {
    const one = fc.record({ ts: fc.nat(400), power: fc.constantFrom(1, 2, -5), appliance: fc.constantFrom('a', 'b') })
    const payloads = fc.array(
      fc.oneof(
        { weight: 6, arbitrary: fc.array(one, { minLength: 30, maxLength: 60 }) },
        fc.constantFrom('junk', 'null'),
      ),
      { minLength: 12, maxLength: 30 },
    )
    await fc.assert(
      fc.asyncProperty(
        payloads,
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 30, maxLength: 30 }),
        fc.nat(20),
        async (all, cuts, restartAt) => {
          const store = new PlainStore()
          let stage = createIngestStage({ catalog, clockKind: 'wall', known: store.known })
          const total: IngestCounters = noCounters()
          const plain = new Map<string, number>()
          const wanted = { stored: 0, duplicates: 0, conflict: 0 }
          const frames = all.flatMap((payload) => {
            if (typeof payload === 'string') return [telemetry(payload)]
            return ['a', 'b'].map((id) =>
              telemetry(
                payload
                  .filter(({ appliance }) => appliance === id)
                  .map(({ ts, power }) => ({ ts: T0 + ts * 1000, metrics: { power } })),
                id,
              ),
            )
          })
          for (const frame of frames) {
            const parsed: unknown = frame.payload.toString() === 'junk' ? null : JSON.parse(frame.payload.toString())
            for (const { ts, metrics } of (parsed ?? []) as { ts: number; metrics: { power: number } }[]) {
              if (metrics.power < 0) continue
              const before = plain.get(`${frame.appliance} ${ts}`)
              if (before === undefined) {
                plain.set(`${frame.appliance} ${ts}`, metrics.power)
                wanted.stored++
              } else if (before === metrics.power) wanted.duplicates++
              else wanted.conflict++
            }
          }
          let at = 0
          for (let i = 0, g = 0; i < frames.length; g++) {
            const group = groupInMemory(frames.slice(i, i + cuts[g % 30]!), at)
            i += cuts[g % 30]!
            at = group.upTo
            const { batch } = await stage.take(group)
            store.take(batch)
            addCounters(total, batch.counters)
            const { received, stored, duplicates, quarantined } = total.readings
            expect(received).toBe(stored + duplicates + Object.values(quarantined).reduce((a, b) => a + b, 0))
            if (g === restartAt)
              stage = createIngestStage({ catalog, clockKind: 'wall', known: store.known }, wholeCopy(stage))
          }
          expect(total.readings).toMatchObject({ stored: wanted.stored, duplicates: wanted.duplicates })
          expect(total.readings.quarantined.conflict ?? 0).toBe(wanted.conflict)
        },
      ),
      { numRuns: 40, endOnFailure: true },
    )
  })
})

test('a frame of our own that makes no sense is left out and told, whatever it was to do', async () => {
  const told: string[] = []
  const stage = createIngestStage({
    catalog,
    clockKind: 'wall',
    known: none,
    onRetryableError: (error) => void told.push(error.message),
  })
  const frames = (['requeue', 'aside', 'control'] as const).map(
    (type): FrameIn => ({ type, appliance: 'f1', kind: 'fridge', payload: Buffer.from('{'), arrivedAt: T0 }),
  )
  const { batch } = await stage.take(groupInMemory([...frames, telemetry(reading(T0, 1))], 0))
  expect(told.length).toBe(3)
  expect(batch.counters.readings).toMatchObject({ received: 1, stored: 1 })
})
