import { monotonicMs, SeededRandom } from '../../core/index.ts'
import { fromEnvironment, wholeOption } from '../../scripts/commandOptions.ts'
import { drawDay } from '../../service/dispatch/drawDay.fixture.ts'
import { planDay } from '../../service/dispatch/planDay.ts'

/** What the product takes for a day of 500 jobs; the long run is what ten minutes on one core allow. */
const ROUNDS = 8_000
const LONG_ROUNDS = fromEnvironment('DISPATCH_LONG_ROUNDS', wholeOption(1, 100_000_000, 100_000))

/** The plan of a large day: seconds, and how far above a much longer run of the same objective. */
export async function dispatch(): Promise<void> {
  const rows = [1, 2, 3].map((seed) => {
    const problem = drawDay(seed, 500, 100)
    const timed = <T>(work: () => T): [T, number] => {
      const began = monotonicMs()
      return [work(), (monotonicMs() - began) / 1000]
    }
    const [plan, seconds] = timed(() => planDay(problem, { random: new SeededRandom(1), rounds: ROUNDS }))
    const [long, longSeconds] = timed(() => planDay(problem, { random: new SeededRandom(2), rounds: LONG_ROUNDS }))
    const without = { routes: plan.routes.map((route) => route.filter((stop) => stop !== 7)) }
    const [, again] = timed(() =>
      planDay(problem, { random: new SeededRandom(3), rounds: 200, from: without, around: [7] }),
    )
    return {
      day: `seed ${seed}: 100 engineers, 500 jobs`,
      'cost, min': Math.round(plan.cost),
      seconds: seconds.toFixed(1),
      'above the long run': `${((plan.cost / long.cost - 1) * 100).toFixed(1)} %`,
      'long run, s': longSeconds.toFixed(0),
      'one change, ms': Math.round(again * 1000),
    }
  })
  console.table(rows)
}
