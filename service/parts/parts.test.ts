import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY } from '../../core/index.ts'
import { home, NOW, onBothDatabases, openTestService, type TestService } from '../../test/desk/openTestService.ts'
import { supplyPlaces } from '../crew/people.ts'
import { bookKit, consumeParts, planRelease, planReserve, supplyOf } from './kit.ts'
import { book, countStock, reservedFor } from './ledger.ts'
import { type DeliveryPolicy, promisePart, type SupplyPlace } from './promiseParts.ts'
import { forecastDemand } from './restock.ts'

const policy: DeliveryPolicy = {
  partLevels: [{ withinKm: 60, hours: 6 }, { withinKm: 300, hours: 24 }, { hours: 36 }],
  purchaseHours: 96,
}
const place = (id: string, lat: number, parts: Record<string, number>, type: SupplyPlace['type'] = 'depot') => ({
  id,
  type,
  location: { lat, lon: 8 },
  available: new Map(Object.entries(parts)),
})

test('S29: a part comes from the first level that has it: van now, then 6, 24 and 36 h, else it is bought', () => {
  const van = place('van', 50, { fan: 1 }, 'van')
  const near = place('near', 50.3, { relay: 1 })
  const region = place('region', 52, { relay: 5, pump: 1 })
  const country = place('country', 55, { pump: 2, seal: 1 })
  const others = place('other-van', 50, { lamp: 1 }, 'van')
  const promise = (part: string) =>
    promisePart({ part, quantity: 1 }, van, home, [country, region, near, others], policy)
  expect(promise('fan')).toMatchObject({ from: 'van', level: 0, hours: 0 })
  expect(promise('relay')).toMatchObject({ from: 'near', level: 1, hours: 6 })
  expect(promise('pump')).toMatchObject({ from: 'region', level: 2, hours: 24 })
  expect(promise('seal')).toMatchObject({ from: 'country', level: 3, hours: 36 })
  expect(promise('lamp')).toMatchObject({ level: -1, hours: 96 })
})

test('S08: the forecast follows what is foreseen, differs from last year, and proposes what lacks', () => {
  const lines = forecastDemand({
    now: NOW,
    weeks: 4,
    needs: [
      { location: home, parts: new Map([['compressor', 0.9]]), life: { p10: 8 * DAY, p90: 13 * DAY } },
      { location: home, parts: new Map([['compressor', 0.8]]), life: { p10: 15 * DAY, p90: 20 * DAY } },
    ],
    fitted: [{ at: NOW - 360 * DAY, part: 'fan', place: 'here', foreseen: true }],
    places: [
      { id: 'here', type: 'depot', location: home },
      { id: 'there', type: 'depot', location: { lat: 55, lon: 8 } },
    ],
    stock: new Map([['here', new Map([['compressor', 1]])]]),
  })
  const compressor = lines.find(({ part }) => part === 'compressor')!
  expect(compressor.place).toBe('here')
  expect(compressor.forecast.map((value) => Math.round(value * 10) / 10)).toEqual([0, 0.9, 0.8, 0])
  expect(compressor.lastYear).toEqual([0, 0, 0, 0])
  expect(compressor.proposed).toBe(3)
  expect(lines.find(({ part }) => part === 'fan')).toMatchObject({ lastYear: [1, 0, 0, 0], proposed: 0 })
})

onBothDatabases('the stock ledger', (open) => {
  let given: TestService
  let close: () => Promise<void>
  beforeAll(async () => {
    const opened = await open()
    close = opened.close
    given = await openTestService(opened.database)
  })
  afterAll(() => close())

  test('S30: whatever happens in whatever order, nothing is ever below zero, and the balances are the ledger’s sums', async () => {
    const { database, people } = given
    await people.saveDepots(
      [
        { id: 'van', type: 'van', location: home, stock: [{ part: 'fan', quantity: 2 }] },
        { id: 'depot', type: 'depot', location: home, stock: [{ part: 'fan', quantity: 3 }] },
      ],
      'test',
    )
    const step = fc.record({
      act: fc.constantFrom('reserve', 'release', 'consume', 'count', 'send'),
      ticket: fc.constantFrom('t1', 't2', 't3'),
      quantity: fc.integer({ min: 0, max: 4 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        await Promise.all(
          steps.map(({ act, ticket, quantity }) =>
            database
              .transaction(async (tx) => {
                const of = { ticket, by: 'test', at: NOW }
                const places = await supplyPlaces(tx, ['fan'])
                const supply = await supplyOf(tx, ticket)
                if (act === 'reserve') {
                  const kit = [{ part: 'fan', quantity }]
                  const plan = planReserve(supply, kit, places.get('van')!, [...places.values()], home, policy, NOW)
                  await bookKit(tx, of, plan)
                } else if (act === 'release') await bookKit(tx, of, planRelease(supply, 'test'))
                else if (act === 'consume')
                  await consumeParts(tx, of, supply, Array<string>(quantity).fill('fan'), 'van')
                else if (act === 'count') await countStock(tx, NOW, 'van', [{ part: 'fan', quantity }], 'test')
                else {
                  const move = { part: 'fan', reserved: 0, by: 'test', why: 'test' }
                  await book(tx, NOW, { ...move, kind: 'send', place: 'depot', onHand: -quantity })
                  await book(tx, NOW, { ...move, kind: 'arrive', place: 'van', onHand: quantity })
                }
              })
              .catch((error: { code?: string }) => expect(error.code).toBe('out-of-stock')),
          ),
        )
        const stock = await database.query.selectFrom('stock').selectAll().execute()
        const moves = await database.query.selectFrom('stockMove').selectAll().execute()
        for (const line of stock) {
          expect(line.reserved).toBeGreaterThanOrEqual(0)
          expect(line.onHand).toBeGreaterThanOrEqual(line.reserved)
          const own = moves.filter(({ place, part }) => place === line.place && part === line.part)
          expect(own.reduce((sum, { onHand }) => sum + onHand, 0)).toBe(line.onHand)
          expect(own.reduce((sum, { reserved }) => sum + reserved, 0)).toBe(line.reserved)
        }
      }),
      { numRuns: 15 },
    )
  })

  test('S30: a hundred tickets want five parts at once: five get one, nobody gets what is not there', async () => {
    const { database, people } = given
    const stock = [{ part: 'pump', quantity: 5 }]
    await people.saveDepots([{ id: 'small', type: 'van', location: home, stock }], 'test')
    await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        database.transaction(async (tx) => {
          const places = await supplyPlaces(tx, ['pump'])
          const of = { ticket: `w${i}`, by: 'test', at: NOW }
          await bookKit(
            tx,
            of,
            planReserve([], [{ part: 'pump', quantity: 1 }], places.get('small')!, [], home, policy, NOW),
          )
        }),
      ),
    )
    const held = await Promise.all(Array.from({ length: 100 }, (_, i) => reservedFor(database.query, `w${i}`)))
    expect(held.flat()).toHaveLength(5)
    const orders = await database.query.selectFrom('partOrder').select('ticket').where('part', '=', 'pump').execute()
    expect(orders).toHaveLength(95)
  })
})
