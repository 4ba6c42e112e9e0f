import { expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { SeededRandom } from '../../core/index.ts'
import { seenBy, type ThereIs } from './seenByOwner.ts'

const DRAWS = 2_000
/** The share of owners who say yes. */
function saysYes(kind: string, question: string, fault?: ThereIs): number {
  const random = new SeededRandom(7, `${kind}/${question}/${fault?.failureMode}`)
  let yes = 0
  for (let i = 0; i < DRAWS; i++) if (seenBy(kind, question, fault, random) === 'yes') yes++
  return yes / DRAWS
}
const catalog = loadCatalog()

test('owners can say something to every question of the catalog, and to one that nobody knows they cannot', () => {
  let asked = 0
  for (const kind of ['fridge', 'washer', 'ac'])
    for (const question of Object.keys(catalog.kind(kind).questions)) {
      asked++
      expect(seenBy(kind, question, undefined, new SeededRandom(1, question)), question).not.toBe('unsure')
      expect(saysYes(kind, question), `${question}, of a sound one`).toBeLessThan(0.45)
    }
  expect(asked).toBeGreaterThan(30)
  expect(seenBy('fridge', 'its-colour', undefined, new SeededRandom(1, 'x'))).toBe('unsure')
  expect(seenBy('kettle', 'clicks', undefined, new SeededRandom(1, 'x'))).toBe('unsure')
})

test('what a fault shows grows with it, and comes from its physics', () => {
  const of = (failureMode: string, severity: number): ThereIs => ({ failureMode, severity, strength: 1 })
  for (const [kind, question, mode] of [
    ['fridge', 'door-gap', 'door-seal-leak'],
    ['fridge', 'clicks', 'start-relay-failure'],
    ['washer', 'filter-full', 'drain-clog'],
    ['washer', 'rumbles', 'bearing-wear'],
    ['ac', 'filter-grey', 'filter-clog'],
    ['ac', 'drips', 'condensate-drain-block'],
  ] as const) {
    const [sound, early, late] = [0, 0.2, 1].map((severity) => saysYes(kind, question, of(mode, severity)))
    expect(late, `${mode}: ${question}`).toBeGreaterThan(0.8)
    expect(late).toBeGreaterThan(early ?? 1)
    expect(sound).toBeLessThan(0.4)
  }
  // Another fault of the same machine does not show it.
  expect(saysYes('fridge', 'door-gap', of('start-relay-failure', 1))).toBeLessThan(0.2)
})
