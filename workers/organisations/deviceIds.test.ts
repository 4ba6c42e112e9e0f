import { expect, test } from 'vitest'
import { DeviceIds } from './deviceIds.ts'

test('an id is one organisation’s: known or being made, nobody else gets it, and who asks is told no more', () => {
  const ids = new DeviceIds()
  const known = new Set(['f1'])
  ids.join('main', (id) => known.has(id))
  ids.join('acme', () => false)
  expect(ids.ownerOf('f1')).toBe('main')
  expect(() => ids.reserve('acme', ['f2', 'f1'])).toThrow(
    expect.objectContaining({ code: 'id-taken', message: "The id 'f1' is taken." }),
  )
  // All or none: what stood before it is free still.
  const letGo = ids.reserve('main', ['f2'])
  expect(() => ids.reserve('acme', ['f2'])).toThrow(expect.objectContaining({ code: 'id-taken' }))
  letGo()
  ids.reserve('acme', ['f2'])()
})

test('two calls of one organisation for the same id do not shut each other out, and the first holds it', () => {
  const ids = new DeviceIds()
  const first = ids.reserve('acme', ['f1'])
  const second = ids.reserve('acme', ['f1'])
  second()
  expect(() => ids.reserve('other', ['f1'])).toThrow()
  first()
  ids.reserve('other', ['f1'])()
})
