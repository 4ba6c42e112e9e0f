import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { learnLife } from './cmapss.ts'
import { readEngines } from './cmapssData.ts'
import { learnRule, readBursts, typeOf } from './cwru.ts'
import { dataFolder } from './dataFolder.ts'
import { episodesOf } from './episodes.ts'
import { evaluateIms } from './ims.ts'
import { firstLines, readSnapshots } from './imsBursts.ts'
import { alarmsOf, noveltyScores } from './nab.ts'
import { readNab, readNabProfiles } from './nabData.ts'
import { nabScore } from './nabScore.ts'
import { averagePrecision, functionScores, readExperiment, stateScores } from './skab.ts'
import { evaluateTracebase } from './tracebase.ts'

// A short form of `npm run evaluate -- real`: a part of each set, with room below what was measured, against getting worse.
const folder = (name: string): string => dataFolder(name) ?? ''
const need = (name: string): string => `${name} (skipped where ../shared/data/${name} is not)`

describe.skipIf(!dataFolder('NAB'))(`on ${need('NAB')}`, () => {
  test('advertisements and days that go wrong keep a score of at least 50', () => {
    const dir = folder('NAB')
    const files = readNab(dir).filter(({ name }) => /^realAdExchange|_flatmiddle|_jumps/.test(name))
    expect(files.length).toBeGreaterThan(0)
    const streams = files.map(({ values, windows }) => ({
      rows: values.length,
      windows,
      alarms: alarmsOf(noveltyScores(values), 0.05),
    }))
    expect(nabScore(streams, readNabProfiles(dir).standard)).toBeGreaterThan(50)
  })
})

describe.skipIf(!dataFolder('tracebase'))(`on ${need('tracebase')}`, () => {
  test('recorded fridges get at most one false alert in two weeks', async () => {
    const [rate] = (await evaluateTracebase(folder('tracebase'))).figures
    expect(Number.parseFloat(rate!.measured)).toBeLessThanOrEqual(0.5)
  })
})

describe.skipIf(!dataFolder('SKAB'))(`on ${need('SKAB')}`, () => {
  test('most onsets are heard within a minute, and states are told apart', () => {
    const dir = join(folder('SKAB'), 'data/valve1')
    const experiments = readdirSync(dir).map((name) => readExperiment(join(dir, name)))
    let found = 0
    let precision = 0
    for (const one of experiments) {
      const truth = one.anomaly.slice(400)
      found += episodesOf(functionScores(one).subarray(400), truth, 2, 60).found
      precision += averagePrecision(stateScores(one).subarray(400), truth) / experiments.length
    }
    expect(found).toBeGreaterThanOrEqual(0.85 * experiments.length)
    expect(precision).toBeGreaterThan(0.88)
  })
})

describe.skipIf(!dataFolder('CMAPSS'))(`on ${need('CMAPSS')}`, () => {
  test('eight engines never seen are predicted within 13 cycles from thirty others', () => {
    const engines = readEngines(join(folder('CMAPSS'), 'train_FD001.txt'))
    const predict = learnLife(engines.slice(0, 30), true, 1)
    let squares = 0
    let count = 0
    for (const engine of engines.slice(30, 38)) {
      for (const [t, predicted] of predict(engine).entries()) {
        squares += (predicted - Math.min(125, engine.cycles.length - 1 - t)) ** 2
        count++
      }
    }
    expect(Math.sqrt(squares / count)).toBeLessThan(13)
  })
})

describe.skipIf(!dataFolder('CWRU'))(`on ${need('CWRU')}`, () => {
  test('the damaged part is told for at least eight in ten bursts of the other size', () => {
    const bursts = readBursts(folder('CWRU'))
    const damaged = bursts.filter(({ type }) => type !== 'sound')
    const right = damaged.filter((burst) => {
      const rule = learnRule(bursts.filter(({ size }) => size !== burst.size))
      return typeOf(burst, rule) === burst.type
    })
    expect(damaged.length).toBeGreaterThan(0)
    expect(right.length / damaged.length).toBeGreaterThan(0.8)
  })
})

describe.skipIf(!dataFolder('IMS'))(`on ${need('IMS')}`, () => {
  test('the whole analysis alarms for the bearing that fails 60 hours before the end, and for no other before', async () => {
    const [first, others] = (await evaluateIms(folder('IMS'))).figures
    expect(Number.parseFloat(first!.measured)).toBeGreaterThanOrEqual(60)
    expect(others!.measured).toMatch(/^0, /)
  })

  test('the bearing that fails shows its outer race more than 60 hours before the end, and before all others', () => {
    const snapshots = readSnapshots(join(folder('IMS'), 'raw_sample'))
    const [failing, ...sound] = firstLines(snapshots)
    expect(failing).not.toBeNull()
    expect((snapshots.at(-1)!.at - failing!) / 3_600_000).toBeGreaterThan(60)
    for (const at of sound) expect(at ?? Infinity).toBeGreaterThan(failing!)
  })
})
