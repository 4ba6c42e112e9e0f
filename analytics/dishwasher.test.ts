import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadCatalog } from '../catalog/index.ts'
import { DAY, gaussian, MINUTE, type Reading, SeededRandom } from '../core/index.ts'
import { createAnalysis } from './createAnalysis.ts'
import { inputOf } from './features/readingBatches.ts'
import { START } from './handMade.fixture.ts'

const file = {
  kind: 'dishwasher',
  name: { en: 'Dishwasher', zh: '洗碗机' },
  cadenceSeconds: 60,
  metrics: {
    power: { unit: 'W', plausible: [0, 3000], resolution: 1, text: { en: 'Power', zh: '功率' } },
    waterTemp: { unit: 'Cel', plausible: [0, 100], resolution: 0.5, text: { en: 'Water temperature', zh: '水温' } },
  },
}

function catalogWith(detection?: object) {
  const dir = mkdtempSync(join(tmpdir(), 'hearthwatch-kind-'))
  writeFileSync(join(dir, 'dishwasher.json'), JSON.stringify({ ...file, ...(detection ? { detection } : {}) }))
  return loadCatalog(dir)
}

/** A program a day; from `hotDay` on the water gets far too hot and does not cool. */
function days(count: number, hotDay = Infinity): Reading[] {
  const random = new SeededRandom(3, 'dishwasher')
  return Array.from({ length: count * 1440 }, (_, i) => {
    const minute = i % 1440
    const running = minute >= 1200 && minute < 1290
    const heating = running && minute % 30 < 12
    const hot = i / 1440 >= hotDay
    return {
      ts: START + (i + 1) * MINUTE,
      metrics: {
        power: Math.max(0, Math.round((heating ? 1900 : running ? 60 : 1) + 2 * gaussian(random))),
        waterTemp: Math.round(2 * (hot ? 96 : running ? 52 + gaussian(random) : 21 + gaussian(random))) / 2,
      },
    }
  })
}

const sent = (readings: Reading[]) => readings.map((reading, i) => ({ appliance: 'dish', reading, offset: i + 1 }))

test('a kind that declares nothing is watched by generic detectors: quiet in health, heard when it leaves its range', async () => {
  const catalog = catalogWith()
  const kind = catalog.kind('dishwasher')
  const sound = await (await createAnalysis({ catalog, clock: 'telemetry', modelsDir: null })).accept(
    inputOf(kind, sent(days(60))),
  )
  expect(sound.detections).toEqual([])
  const hot = await (await createAnalysis({ catalog, clock: 'telemetry', modelsDir: null })).accept(
    inputOf(kind, sent(days(24, 20))),
  )
  expect(hot.detections[0]).toMatchObject({ phase: 'confirmed', hypotheses: [{ failureMode: 'unknown' }] })
  expect(hot.detections[0]!.at - (START + 20 * DAY)).toBeLessThan(3 * 60 * MINUTE)
})

test('a declared cycle alone gives its cycles, from the power', async () => {
  const catalog = catalogWith({
    running: { tests: [], power: 'power' },
    cycles: { program: { minMinutes: 20, mergeMinutes: 30, text: { en: 'Program', zh: '程序' } } },
  })
  const out = await (await createAnalysis({ catalog, clock: 'telemetry', modelsDir: null })).accept(
    inputOf(catalog.kind('dishwasher'), sent(days(10))),
  )
  expect(out.cycles.length).toBe(10)
  expect((out.cycles[5]!.to - out.cycles[5]!.from) / MINUTE).toBeGreaterThan(60)
})
