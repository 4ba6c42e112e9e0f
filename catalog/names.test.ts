import { expect, test } from 'vitest'
import { loadCatalog } from './index.ts'

test('no kind knows a metric, a state, a mode or a part by a name that every object inherits', () => {
  for (const kind of loadCatalog().kinds.values()) {
    for (const names of [kind.metrics, kind.states, kind.idle, kind.failureModes, kind.parts]) {
      for (const name of ['constructor', 'toString', 'hasOwnProperty', '__proto__']) expect(names[name]).toBeUndefined()
    }
    for (const mode of Object.values(kind.failureModes)) expect(mode.parts.toString).toBeUndefined()
  }
})

test('a mode that only sounds known is unknown', () => {
  const catalog = loadCatalog()
  expect(catalog.failureMode('fridge', 'constructor')).toBe(catalog.failureMode('fridge', 'unknown'))
})
