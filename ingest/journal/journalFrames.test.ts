import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FrameGroup, FrameIn } from '../../core/index.ts'
import { groupInMemory } from './groupInMemory.ts'
import { decodeGroup, framesApart, framesOf, joinGroups, rawFrames } from './journalFrames.ts'

const frame = fc.record({
  type: fc.constantFrom('telemetry' as const, 'event' as const, 'tick' as const),
  appliance: fc.constantFrom('', 'f1', '冰箱-1'),
  kind: fc.constantFrom('', 'fridge'),
  payload: fc.uint8Array({ maxLength: 60 }),
  arrivedAt: fc.nat(),
  withoutPromise: fc.boolean(),
}) satisfies fc.Arbitrary<FrameIn>

test('frames taken apart are the frames of the group, with the same offsets, one group after the other', () => {
  fc.assert(
    fc.property(fc.array(frame, { minLength: 1, maxLength: 12 }), fc.nat(2 ** 40), (frames, from) => {
      const group = groupInMemory(frames, from)
      const apart = [...framesApart(group)]
      const whole = [...decodeGroup(group.bytes)]
      expect(apart.length).toBe(frames.length)
      expect(apart.flatMap(({ bytes }) => [...decodeGroup(bytes)])).toEqual(whole)
      // Each begins where the one before ends, and ends at its frame's offset.
      expect(apart.map(({ upTo }) => upTo)).toEqual(whole.map(({ offset }) => offset))
      expect(apart.map((one) => one.from)).toEqual([from, ...whole.slice(0, -1).map(({ offset }) => offset)])
      expect(apart.every((one) => one.frames === 1)).toBe(true)
    }),
  )
})

test('taking a group apart leaves it as it was', () => {
  const frames = ['a', 'bb'].map(
    (text): FrameIn => ({ type: 'event', appliance: 'f1', kind: 'fridge', payload: Buffer.from(text), arrivedAt: 1 }),
  )
  const group = groupInMemory(frames, 100)
  const before = Buffer.from(group.bytes)
  for (const { bytes } of framesApart(group)) bytes.fill(0)
  expect(Buffer.compare(before, group.bytes)).toBe(0)
})

test('groups joined are their frames one after the other, with the same offsets', () => {
  const groups = fc.array(fc.array(frame, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(groups, fc.nat(2 ** 40), (bodies, from) => {
      const following: FrameGroup[] = []
      for (const frames of bodies) following.push(groupInMemory(frames, following.at(-1)?.upTo ?? from))
      const joined = joinGroups(following)
      expect([...decodeGroup(joined.bytes)]).toEqual(following.flatMap(({ bytes }) => [...decodeGroup(bytes)]))
      expect(joined).toMatchObject({ from, upTo: following.at(-1)?.upTo, frames: bodies.flat().length })
    }),
  )
})

test('where a frame came from stands beside it, changes nothing else of it, and is read with its bytes', () => {
  const origin = fc.record({ edge: fc.constantFrom('north', '边缘-1', 'x'.repeat(64)), sequence: fc.nat(2 ** 40) })
  const carried = fc.tuple(frame, fc.option(origin, { nil: undefined }))
  fc.assert(
    fc.property(fc.array(carried, { minLength: 1, maxLength: 8 }), fc.nat(2 ** 40), (frames, from) => {
      const bare = groupInMemory(
        frames.map(([one]) => one),
        from,
      )
      const group = groupInMemory(
        frames.map(([one, origin]) => ({ ...one, ...(origin ? { origin } : {}) })),
        from,
      )
      const said = (bytes: Uint8Array) => [...decodeGroup(bytes)].map(({ offset: _, ...rest }) => rest)
      expect(said(group.bytes)).toEqual(said(bare.bytes))
      const raw = [...rawFrames(group)]
      expect(raw.map(({ origin, appliance, offset }) => ({ origin, appliance, offset }))).toEqual(
        [...decodeGroup(group.bytes)].map(({ appliance, offset }, i) => ({
          origin: frames[i]?.[1],
          appliance,
          offset,
        })),
      )
      // What was sent on as bytes is the same frames, and with a byte of it changed it is none.
      const body = Buffer.concat(raw.map(({ bytes }) => bytes))
      expect(framesOf(body, frames.length)?.map(({ offset: _, ...rest }) => rest)).toEqual(said(bare.bytes))
      expect(framesOf(body, frames.length + 1)).toBeUndefined()
      body.writeUInt8(body.readUInt8(body.length - 1) ^ 1, body.length - 1)
      expect(framesOf(body, frames.length)).toBeUndefined()
    }),
  )
})
