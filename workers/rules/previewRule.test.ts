// What is too much at once is looked at in parts: nobody's limit is the size of a fleet.
import { expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { type Appliance, type ApplianceId, MINUTE, Problem, ruleBodySchema, type ScanQuery } from '../../core/index.ts'
import { previewRule } from './previewRule.ts'

const catalog = loadCatalog()
const named = { en: 'warm', zh: '温热' }
const rule = {
  id: 'warm',
  version: 1,
  ...ruleBodySchema.parse({
    name: named,
    owner: named,
    scope: { kind: 'fridge' },
    when: { of: 'reading', all: [{ metric: 'cabinetTemp', op: 'above', limit: 8 }] },
    holdMinutes: 2,
    severity: 'warning',
  }),
}
const TIMES = [0, 1, 2, 3].map((minute) => minute * MINUTE)

/** Each appliance is warm for three minutes. @param most so many appliances' readings are allowed at once */
function previewOf(count: number, most: number) {
  const asked: number[] = []
  const appliances = Array.from({ length: count }, (_, i): Appliance => {
    const id: ApplianceId = `f${i}`
    return { id, kind: 'fridge', model: 'M', registeredAt: 0 }
  })
  const store = {
    found: () => Promise.reject(new Error('nothing is asked of what was found')),
    scan({ appliances: ids }: ScanQuery) {
      asked.push(ids.length)
      if (ids.length > most)
        throw new Problem({ code: 'scan-too-large', message: 'Too much.', remedy: 'Ask less.', status: 422 })
      return Promise.resolve({
        appliances: [...ids],
        applianceIndex: Int32Array.from(ids.flatMap((_, i) => TIMES.map(() => i))),
        ts: Float64Array.from(ids.flatMap(() => TIMES)),
        values: [Float64Array.from(ids.flatMap(() => TIMES.map(() => 9)))],
        states: [],
      })
    },
  }
  const parts = {
    catalog,
    store,
    alerts: { spans: async () => [] },
    appliances: () => appliances,
    visitCents: () => 100,
  }
  const preview = previewRule({ ...parts, database: { query: {} } as never }, rule, { from: 0, to: 10 * MINUTE })
  return { preview, asked }
}

test('a fleet is looked at in parts, each appliance once, whatever is allowed at once', async () => {
  const whole = await previewOf(300, 300).preview
  expect(whole).toMatchObject({ appliances: 300, fired: 300, firings: 300, rows: 1_200 })
  const { preview, asked } = previewOf(300, 20)
  expect({ ...(await preview), tookMs: 0, examples: [] }).toEqual({ ...whole, tookMs: 0, examples: [] })
  expect(asked.filter((count) => count <= 20).reduce((sum, count) => sum + count, 0)).toBe(300)
})

test('one appliance that is too much is refused with what to do', async () => {
  await expect(previewOf(2, 0).preview).rejects.toMatchObject({ code: 'scan-too-large' })
})
