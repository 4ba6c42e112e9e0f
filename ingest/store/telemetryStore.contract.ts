import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import {
  DAY,
  type FrameIn,
  HOUR,
  MINUTE,
  type Piece,
  type QuarantineBounds,
  type TelemetryStore,
  wholeCopy,
} from '../../core/index.ts'
import { createIngestStage, type IngestStage } from '../ingestStage.ts'
import { groupInMemory } from '../journal/groupInMemory.ts'
import { requeueFrame } from '../reading/payloadParts.ts'

const catalog = loadCatalog()
export const T0 = Date.UTC(2026, 0, 5)

export const telemetry = (payload: unknown, appliance = 'f1', more: Partial<FrameIn> = {}): FrameIn => ({
  type: 'telemetry',
  appliance,
  kind: 'fridge',
  payload: Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
  arrivedAt: T0 + 400 * DAY,
  ...more,
})
export const reading = (ts: number, power: number, more: object = {}) => ({
  ts,
  metrics: { power, cabinetTemp: 4 },
  ...more,
})

/**
 * What every store of readings promises, asked of one. `open` twice in a test must find what was committed.
 * @param waitsOutGaps it tries again by itself what others refuse retryably
 */
export function telemetryStoreContract(
  name: string,
  open: (more?: { quarantine?: QuarantineBounds }) => Promise<TelemetryStore>,
  { waitsOutGaps = false } = {},
): void {
  describe(`${name} as a TelemetryStore`, () => {
    let store: TelemetryStore
    let stage: IngestStage
    let at: number
    const take = async (...frames: FrameIn[]) => {
      const group = groupInMemory(frames, at)
      at = group.upTo
      return (await stage.take(group)).batch
    }
    const feed = async (...frames: FrameIn[]) => {
      const batch = await take(...frames)
      await store.append(batch)
      return batch
    }
    const newStage = (snapshot?: Piece[]) =>
      createIngestStage(
        {
          catalog,
          clockKind: 'wall',
          known: (keys) => store.known(keys),
          events: (...args) => store.events(...args),
          latest: (ids) => store.latest(ids),
        },
        snapshot,
      )
    beforeEach(async () => {
      at = 0
      store = await open()
      stage = newStage()
    })
    afterEach(() => store.close())
    const whole = { appliance: 'f1', kind: 'fridge', from: 0, to: T0 + 900 * DAY }

    test('readings come back as they were, over a restart, with counters and offset', async () => {
      const batch = await feed(
        telemetry([reading(T0, 80.5), reading(T0 + MINUTE, 0, { states: { mode: 'eco' }, firmware: '2.1' })]),
        telemetry({ ts: T0 + 2 * MINUTE, metrics: { cabinetTemp: 5, newThing: 7 } }),
      )
      for (let round = 0; round < 2; round++) {
        const { ts, series } = await store.series({ ...whole, points: 100 })
        expect(ts).toEqual([T0, T0 + MINUTE, T0 + 2 * MINUTE])
        expect(series.power?.mean).toEqual([80.5, 0, null])
        expect(series.cabinetTemp?.max).toEqual([4, 4, 5])
        expect(series.newThing?.min).toEqual([null, null, 7])
        expect([...(await store.latest(['f1', 'stranger']))]).toEqual([
          [
            'f1',
            {
              ts: T0 + 2 * MINUTE,
              firmware: '2.1',
              metrics: { power: 0, cabinetTemp: 5, newThing: 7 },
              states: { mode: 'eco' },
            },
          ],
        ])
        expect(await store.offset()).toBe(batch.upTo)
        expect(await store.counters()).toMatchObject({
          messages: { acked: 2, processed: 2, withoutPromise: 0 },
          readings: { received: 3, stored: 3, duplicates: 0, quarantined: {} },
        })
        await store.close()
        store = await open()
      }
    })

    test('a batch that is committed already changes nothing, and batches may be given before the last is done', async () => {
      const batches = []
      for (let i = 0; i < 5; i++) batches.push(await take(telemetry(reading(T0 + i * MINUTE, i))))
      await Promise.all(batches.map((batch) => store.append(batch)))
      for (const batch of batches) await store.append(batch)
      expect((await store.counters()).readings).toMatchObject({ received: 5, stored: 5 })
      expect((await store.series({ ...whole, points: 100 })).series.power?.mean).toEqual([0, 1, 2, 3, 4])
      if (waitsOutGaps) return
      const missing = { ...batches[4]!, from: at + 1000, upTo: at + 2000 }
      await expect(store.append(missing)).rejects.toMatchObject({ code: 'store-unavailable', retryable: true })
    })

    test('a range of more readings than points is answered in min, mean and max, and none is left out', async () => {
      const days = 3
      for (let hour = 0; hour < days * 24; hour++) {
        const of = Array.from({ length: 60 }, (_, i) => reading(T0 + hour * HOUR + i * MINUTE, hour + i / 100))
        await feed(telemetry(of))
      }
      const one = await store.series({ ...whole, from: T0, to: T0 + days * DAY, points: 1, metrics: ['power'] })
      expect(one.series.power?.min).toEqual([0])
      expect(one.series.power?.max[0]).toBeCloseTo(71.59)
      expect(one.series.power?.mean[0]).toBeCloseTo(35.5 + 0.295)
      expect(await store.firstHour(whole)).toBe(Math.floor(T0 / HOUR) * HOUR)
      expect(await store.firstHour({ appliance: 'stranger', kind: 'fridge' })).toBeUndefined()
      const few = await store.series({ ...whole, from: T0, to: T0 + days * DAY, points: 36 })
      expect(few.ts.length).toBeLessThanOrEqual(36)
      expect(few.ts.length).toBeGreaterThan(18)
      expect([...few.ts].sort((a, b) => a - b)).toEqual(few.ts)
      const exact = await store.series({ ...whole, from: T0 + HOUR, to: T0 + 4 * HOUR, points: 180 })
      expect(exact.ts).toEqual(Array.from({ length: 180 }, (_, i) => T0 + HOUR + i * MINUTE))
      const recent = await store.series({ ...whole, from: T0 + 70 * HOUR, to: T0 + 71 * HOUR, points: 60 })
      expect(recent.series.power?.mean).toEqual(Array.from({ length: 60 }, (_, i) => 70 + i / 100))
      // A range that begins or ends within an hour has nothing of the rest of it, and its stretches are of that range.
      for (const [from, to, points] of [
        [10 * 60 + 10, 10 * 60 + 20, 5],
        [10 * 60 + 30, 12 * 60 + 20, 40],
        [30, 67 * 60 + 30, 7],
        [30, 67 * 60 + 30, 4_025],
      ] as const) {
        const asked = { from: T0 + from * MINUTE, to: T0 + to * MINUTE, points }
        const { ts, series } = await store.series({ ...whole, ...asked })
        expect(ts.length).toBeGreaterThan(points / 2)
        expect(ts.length).toBeLessThanOrEqual(points)
        expect(ts[0]).toBeGreaterThanOrEqual(asked.from)
        expect(ts.at(-1)).toBe(asked.to - MINUTE)
        const valueAt = (minute: number) => Math.floor(minute / 60) + (minute % 60) / 100
        expect(Math.min(...(series.power?.min ?? []).map(Number))).toBeCloseTo(valueAt(from))
        expect(Math.max(...(series.power?.max ?? []).map(Number))).toBeGreaterThanOrEqual(valueAt(to - 1) - 0.005)
      }
    })

    test('a metric of unknown name is summed up like a known one, and one that nobody sent is nulls', async () => {
      for (let hour = 0; hour < 4; hour++) {
        const of = Array.from({ length: 60 }, (_, i) => {
          const one = reading(T0 + hour * HOUR + i * MINUTE, hour)
          // In the last hour it is silent.
          return hour === 3 ? one : { ...one, metrics: { ...one.metrics, hum: hour * 60 + i } }
        })
        await feed(telemetry(of))
      }
      const range = { from: T0, to: T0 + 4 * HOUR, points: 4 }
      const all = await store.series({ ...whole, ...range })
      const expected = { min: [0, 60, 120, null], mean: [29.5, 89.5, 149.5, null], max: [59, 119, 179, null] }
      expect(all.series.hum).toEqual(expected)
      const { series } = await store.series({ ...whole, ...range, metrics: ['hum', 'nobody', 'power'] })
      const nulls = [null, null, null, null]
      expect(series).toMatchObject({
        hum: expected,
        nobody: { min: nulls, mean: nulls, max: nulls },
        power: { min: [0, 1, 2, 3] },
      })
    })

    test('repeats and conflicts are told right, also of readings older than memory holds', async () => {
      const old = Array.from({ length: 300 }, (_, i) => reading(T0 + i * MINUTE, i))
      await feed(telemetry(old))
      const { counters, quarantined } = await feed(
        telemetry(reading(T0, 0)),
        telemetry(reading(T0 + MINUTE, 999)),
        telemetry(reading(T0 + 299 * MINUTE, 299)),
        telemetry(reading(T0 + 299 * MINUTE, 999)),
        telemetry([reading(T0 + 1, 5), reading(T0 + 1, 5), reading(T0 + 1, 6)]),
      )
      expect(counters.readings).toEqual({ received: 7, stored: 1, duplicates: 3, quarantined: { conflict: 3 } })
      expect(quarantined.map(({ reason }) => reason)).toEqual(['conflict', 'conflict', 'conflict'])
      expect((await store.counters()).readings).toMatchObject({ received: 307, stored: 301 })
      const { series } = await store.series({ ...whole, points: 1000, metrics: ['power'] })
      expect(series.power?.mean.slice(0, 3)).toEqual([0, 5, 1])
    })

    test('a replay after a crash, from any snapshot or from none, comes to the same and finds itself new', async () => {
      const frames = [
        telemetry(Array.from({ length: 200 }, (_, i) => reading(T0 + i * MINUTE, i))),
        telemetry(reading(T0 + 5 * MINUTE, 5)),
        telemetry([reading(T0 + 5 * MINUTE, 6), reading(T0 - MINUTE, 1)]),
        telemetry(Array.from({ length: 50 }, (_, i) => reading(T0 + i * MINUTE + 7, i))),
      ]
      const snapshots: [number, Piece[]][] = []
      for (const frame of frames) {
        snapshots.push([at, wholeCopy(stage)])
        await feed(frame)
      }
      const before = await store.counters()
      const rows = await store.series({ ...whole, points: 10_000 })
      for (const [i, [from, snapshot]] of snapshots.entries()) {
        stage = newStage(i === 0 ? undefined : snapshot)
        at = from
        const sums = { stored: 0, duplicates: 0, conflicts: 0 }
        for (const frame of frames.slice(i)) {
          const { counters } = await feed(frame)
          sums.stored += counters.readings.stored
          sums.duplicates += counters.readings.duplicates
          sums.conflicts += counters.readings.quarantined.conflict ?? 0
        }
        const told = [
          { stored: 251, duplicates: 1, conflicts: 1 },
          { stored: 51, duplicates: 1, conflicts: 1 },
          { stored: 51, duplicates: 0, conflicts: 1 },
          { stored: 50, duplicates: 0, conflicts: 0 },
        ]
        expect(sums).toEqual(told[i])
      }
      expect(await store.counters()).toEqual(before)
      expect(await store.series({ ...whole, points: 10_000 })).toEqual(rows)
    })

    test('bursts of any order keep the samples of the newest eight alone, and stay events for ever', async () => {
      const samples = Array.from({ length: 64 }, (_, i) => Math.round(1_000 * Math.sin(i)) / 1_000)
      const burst = (minute: number): FrameIn =>
        telemetry({ ts: T0 + minute * MINUTE, type: 'burst', sampleRate: 64, unit: 'g', points: 64, samples }, 'b1', {
          type: 'event',
        })
      const order = [7, 20, 1, 19, 2, 18, 3, 17, 4, 16, 5, 15, 6, 14, 0, 13]
      for (const minute of order) await feed(burst(minute))
      // A repeat is nothing, and brings no samples back.
      await feed(burst(0))
      const events = await store.events('b1', T0, T0 + DAY)
      expect(events.map(({ ts }) => (ts - T0) / MINUTE)).toEqual(order.toSorted((a, b) => a - b))
      const kept = events.filter(({ body }) => 'samples' in body).map(({ ts }) => (ts - T0) / MINUTE)
      expect(kept).toEqual(order.toSorted((a, b) => a - b).slice(-8))
      expect(events.every(({ body }) => body.points === 64)).toBe(true)
    })

    test('features, cycles and events come back by appliance and time', async () => {
      const batch = await take(
        telemetry(JSON.stringify({ ts: T0, type: 'error', code: 'E1', extra: { deep: [1] } }), 'f1', { type: 'event' }),
        telemetry(JSON.stringify({ ts: T0 + 5, type: 'power' }), 'f2', { type: 'event' }),
      )
      batch.features.push({
        appliance: 'f1',
        feature: 'duty',
        at: T0,
        observed: 0.4,
        low: Number.NaN,
        high: Number.NaN,
      })
      batch.features.push({ appliance: 'f1', feature: 'k', at: T0 + 1, observed: 1, low: 0, high: 2 })
      batch.cycles.push({ appliance: 'f1', cycle: 'run', from: T0, to: T0 + 600, features: { energy: 12 } })
      await store.append(batch)
      expect(await store.features('f1', null, T0, T0 + 10)).toHaveLength(2)
      expect(await store.features('f1', 'duty', 0, T0 + 10)).toEqual([batch.features[0]])
      expect(await store.features('f2', null, 0, T0 + 10)).toEqual([])
      expect(await store.cycles('f1', T0, T0 + 1)).toEqual(batch.cycles)
      expect(await store.cycles('f1', T0 + 1, T0 + DAY)).toEqual([])
      expect(await store.events('f1', T0, T0 + 1)).toEqual([batch.events[0]])
      expect(await store.events('f2', 0, T0 + 6)).toMatchObject([{ type: 'power', code: null }])
    })

    test('the quarantine lists newest first, pages, and what is tried again leaves it once', async () => {
      await feed(
        telemetry('{"ts":'),
        telemetry([reading(T0, 1), { ts: T0 + 1 }, reading(5, 1)]),
        telemetry('[]', 'f2'),
        telemetry('{"ts":0}', 'f2', { type: 'event' }),
      )
      const all = await store.quarantine({ limit: 10 })
      expect(all.map(({ reason }) => reason)).toEqual(['bad-shape', 'too-old', 'bad-shape', 'bad-json'])
      expect(Buffer.from(all[2]!.bytes).toString()).toBe(JSON.stringify({ ts: T0 + 1 }))
      expect(await store.quarantine({ limit: 10, reason: 'too-old' })).toEqual([all[1]])
      expect(await store.quarantine({ limit: 10, appliance: 'f2' })).toEqual([all[0]])
      expect(await store.quarantine({ limit: 2, before: all[1]!.id })).toEqual(all.slice(2))
      const before = await store.counters()
      const taken = await store.takeFromQuarantine(all.map(({ id }) => id))
      expect(taken).toHaveLength(4)
      await feed(...taken.map((row) => requeueFrame(row, row.at)))
      await feed(...taken.map((row) => requeueFrame(row, row.at)))
      expect(await store.counters()).toEqual(before)
      expect((await store.quarantine({ limit: 10 })).map(({ reason }) => reason).sort()).toEqual(
        all.map(({ reason }) => reason).sort(),
      )
      expect(await store.takeFromQuarantine(all.map(({ id }) => id))).toEqual([])
    })

    test('what was refused goes when it is older than it is kept, in bites', async () => {
      await feed(telemetry('{"ts":'), telemetry('{', 'f2'), telemetry([reading(5, 1)]))
      const all = await store.quarantine({ limit: 10 })
      const forget = (refusedBefore: number, most: number) => store.forget({ before: 0, refusedBefore, keep: [], most })
      expect(all).toHaveLength(3)
      expect(await forget(Math.min(...all.map(({ at }) => at)), 2)).toEqual({ rows: 0, done: true })
      expect(await forget(all[0]!.at + 1, 2)).toEqual({ rows: 2, done: false })
      expect(await forget(all[0]!.at + 1, 2)).toEqual({ rows: 1, done: true })
      expect(await store.quarantine({ limit: 10 })).toEqual([])
      expect((await store.quarantineUse('f1')).forgotten).toBe(2)
    })

    test('the quarantine of one appliance is bounded, junk goes first, and what went is counted', async () => {
      await store.close()
      store = await open({ quarantine: { rows: 5, bytes: 1_000 } })
      const old = (i: number) => telemetry([{ ts: 5 + i, metrics: { power: 1 } }])
      const junk = telemetry('x'.repeat(400))
      await feed(old(0), junk, junk, telemetry('x'.repeat(900), 'f2'))
      await feed(junk, junk)
      const listed = await store.quarantine({ limit: 10, appliance: 'f1' })
      expect(listed.map(({ reason, notKept }) => [reason, notKept])).toEqual([
        ['bad-json', undefined],
        ['bad-json', undefined],
        ['bad-json', 400],
        ['bad-json', 400],
        ['too-old', undefined],
      ])
      expect(listed[2]!.bytes).toHaveLength(0)
      expect((await store.takeFromQuarantine(listed.map(({ id }) => id))).map(({ id }) => id)).toEqual([
        listed[0]!.id,
        listed[1]!.id,
        listed[4]!.id,
      ])
      await feed(old(1), junk)
      expect((await store.quarantine({ limit: 10, appliance: 'f1' })).map(({ reason }) => reason)).toEqual([
        'bad-json',
        'too-old',
        'bad-json',
        'bad-json',
        'too-old',
      ])
      expect(await store.quarantineUse('f1')).toMatchObject({
        rows: { used: 5, limit: 5 },
        withoutPayload: 1,
        forgotten: 2,
      })
      expect(await store.quarantineUse('f2')).toMatchObject({ rows: { used: 1 }, bytes: { used: 900, limit: 1_000 } })
      expect((await store.counters()).readings.quarantined).toEqual({ 'bad-json': 6, 'too-old': 2 })
    })
  })
}
