import { pino } from 'pino'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { AnswerWatch, mismatch } from './answerWatch.ts'

const schema = z.object({ items: z.array(z.object({ id: z.string(), at: z.number().optional() })) })

test('an answer is as its schema says when nothing is missing, of another type, or unnamed', () => {
  expect(mismatch(schema, { items: [{ id: 'a' }, { id: 'b', at: 1 }] })).toBeUndefined()
  expect(mismatch(schema, { items: [{ id: 'a', at: null }] })).toMatch(/^items\/0\/at /)
  expect(mismatch(schema, {})).toMatch(/^items /)
  expect(mismatch(schema, { items: [{ id: 'a', more: 1 }] })).toBe('items/0/more is not described')
})

test('a metric called __proto__ is one like any other', () => {
  const series = z.object({}).catchall(z.number())
  expect(mismatch(series, JSON.parse('{"__proto__":1,"power":2}'))).toBeUndefined()
})

test('in tests a mismatch is an error that names the call and the place', () => {
  const watch = new AnswerWatch({ isStrict: true, wall: { now: () => 0 }, log: pino({ level: 'silent' }) })
  expect(() => watch.serialize('GET /api/x', schema, { items: [{ id: 1 }] })).toThrow(/GET \/api\/x .*items\/0\/id/)
})

test('in production a mismatch is sent as it is, counted once a minute, and logged once', () => {
  let now = 0
  const lines: string[] = []
  const watch = new AnswerWatch({
    isStrict: false,
    wall: { now: () => now },
    log: pino({ level: 'warn' }, { write: (line) => void lines.push(line) }),
  })
  const answer = { items: [{ id: 1 }] }
  for (; now < 10 * 60_000; now += 1_000) {
    expect(watch.serialize('GET /api/x', schema, answer)).toBe('{"items":[{"id":1}]}')
  }
  expect(watch.mismatches).toBe(10)
  expect(lines).toHaveLength(1)
})
