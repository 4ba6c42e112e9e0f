// `npm run evaluate -- dishwasher`: years of a kind that is a data file alone, through the same detection.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createAnalysis } from '../../analytics/index.ts'
import { loadCatalog } from '../../catalog/index.ts'
import { DAY, type Detection, monotonicMs } from '../../core/index.ts'
import { runFleet } from '../evaluation/runFleet.ts'
import { createDishwashers, type DishwasherOrders } from './dishwasherFleet.ts'

export interface DishwasherScore {
  healthyYears: number
  falsePerYear: number
  /** Faults that were told between their onset and a day before their course ended. */
  found: number
  faults: number
  /** A line each: false alarms, and faults that nobody was told of. */
  cases: string[]
}

const IGNORED = new Set(['silent', 'sensor-stuck'])

/** Counts every word that is said, of whatever severity, as an alarm: a generic watch has nothing else to say. */
export async function evaluateDishwashers(orders: DishwasherOrders): Promise<DishwasherScore> {
  const catalog = loadCatalog(fileURLToPath(new URL('.', import.meta.url)))
  const fleet = createDishwashers(orders)
  const { start } = orders
  const to = start + orders.days * DAY
  const analysis = await createAnalysis({ catalog, clock: 'telemetry', modelsDir: null })
  const opened: Detection[] = []
  const seen = new Set<string>()
  await runFleet(
    fleet,
    analysis,
    catalog,
    start,
    to,
    ({ detections }) => {
      for (const one of detections) {
        if (one.phase !== 'confirmed' || seen.has(one.condition) || IGNORED.has(one.hypotheses[0]!.failureMode))
          continue
        seen.add(one.condition)
        opened.push(one)
      }
    },
    monotonicMs,
  )
  const score: DishwasherScore = { healthyYears: 0, falsePerYear: 0, found: 0, faults: 0, cases: [] }
  const day = (at: number): string => ((at - start) / DAY).toFixed(1)
  let falseAlarms = 0
  for (const { registration, faults } of fleet.appliances) {
    const own = opened.filter(({ appliance }) => appliance === registration.id)
    const [fault] = faults
    const sound = fault ? fault.onset : to
    score.healthyYears += (sound - start) / (365 * DAY)
    let last = -Infinity
    for (const { at, detector, evidence } of own) {
      if (at >= sound || at - last < 14 * DAY) continue
      last = at
      falseAlarms++
      const proof = evidence.map(({ feature, observed }) => `${feature} ${observed.toPrecision(4)}`)
      score.cases.push(`FALSE ${registration.id} day ${day(at)} by ${detector}; ${proof.join(', ')}`)
    }
    if (!fault) continue
    score.faults++
    const told = own.some(({ at }) => at >= fault.onset && at <= fault.functionalFailureAt - DAY)
    if (told) score.found++
    else
      score.cases.push(
        `MISS  ${registration.id} ${fault.failureMode} day ${day(fault.onset)}–${day(fault.functionalFailureAt)}`,
      )
  }
  score.falsePerYear = falseAlarms / score.healthyYears
  return score
}

const SEEDS = [1, 2, 3]

/** Three fleets of 12 over a year, as a text. @param save also as docs/prediction-dishwasher.md */
export async function reportDishwashers(save: boolean): Promise<string> {
  const scores: DishwasherScore[] = []
  for (const seed of SEEDS)
    scores.push(await evaluateDishwashers({ seed, count: 12, start: Date.UTC(2026, 0, 5), days: 365, faulty: 0.5 }))
  const sum = (of: (one: DishwasherScore) => number): number => scores.reduce((all, one) => all + of(one), 0)
  const years = sum(({ healthyYears }) => healthyYears)
  const rate = sum(({ falsePerYear, healthyYears }) => falsePerYear * healthyYears) / years
  const text = `# A kind that is a data file alone, measured

${SEEDS.length} fleets of 12 dishwashers × 365 days (seeds ${SEEDS.join(', ')}; \`npm run evaluate -- dishwasher\`). The kind declares its metrics, what running is and one cycle; no features, no failure modes, no models. Programs by habit, water that is colder in winter, vacations, gaps of 1 to 72 hours, a rescaled power channel. Every word counts as an alarm, whatever its severity.

| healthy appliance-years | false alarms / year | slow faults | of them told a day before the end of their course |
|---|---|---|---|
| ${years.toFixed(1)} | ${rate.toFixed(2)} | ${sum(({ faults }) => faults)} | ${sum(({ found }) => found)} |

Generic watching is meant for what leaves everything an appliance has shown (test: water that no longer stops heating is told within three hours). A slow fault that stays within the spread of its programs is not told; declaring features does that.

${scores
  .flatMap(({ cases }) => cases)
  .map((one) => `- ${one}`)
  .join('\n')}`
  if (save) writeFileSync(fileURLToPath(new URL('../../docs/prediction-dishwasher.md', import.meta.url)), `${text}\n`)
  return text
}
