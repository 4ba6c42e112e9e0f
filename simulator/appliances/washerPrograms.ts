import { DAY, type Millis, SeededRandom } from '../../core/index.ts'

/** One step of a program. Seconds are of work: filling, heating and draining end when they are done. */
export interface ProgramStep {
  phase: 'fill' | 'heat' | 'wash' | 'drain' | 'rinse' | 'spin' | 'end'
  seconds: number
  /** Cel to heat to; rpm to spin at. */
  target: number
}

const rinseOnce: ProgramStep[] = [
  { phase: 'fill', seconds: 0, target: 95 },
  { phase: 'rinse', seconds: 240, target: 0 },
  { phase: 'drain', seconds: 0, target: 0 },
]
const program = (celsius: number, washMinutes: number, rinses: number, rpm: number): ProgramStep[] => [
  { phase: 'fill', seconds: 0, target: 80 },
  { phase: 'heat', seconds: 0, target: celsius },
  { phase: 'wash', seconds: washMinutes * 60, target: 0 },
  { phase: 'drain', seconds: 0, target: 0 },
  ...Array.from({ length: rinses }, () => [
    ...rinseOnce,
    { phase: 'spin', seconds: 75, target: Math.min(700, rpm) } as const,
  ]).flat(),
  { phase: 'drain', seconds: 0, target: 0 },
  { phase: 'spin', seconds: 300, target: rpm },
  { phase: 'end', seconds: 30, target: 0 },
]

/** Programs by name, with how often each is chosen; 0.4 to 1.5 kWh where they heat (EVALUATION.md). */
export const programs: Record<string, { steps: ProgramStep[]; share: number }> = {
  'cotton-60': { steps: program(60, 45, 2, 1_400), share: 0.18 },
  'cotton-40': { steps: program(40, 40, 2, 1_200), share: 0.34 },
  'eco-40-60': { steps: program(44, 75, 2, 1_200), share: 0.16 },
  'quick-30': { steps: program(30, 12, 1, 1_000), share: 0.22 },
  delicate: { steps: program(30, 20, 2, 600), share: 0.1 },
}

/** The steps of each, and of the machine's own test, which nobody chooses: it fills, heats, drains and spins empty. */
export const stepsOf: Record<string, readonly ProgramStep[]> = {
  ...Object.fromEntries(Object.entries(programs).map(([name, { steps }]) => [name, steps])),
  'self-test': [
    { phase: 'fill', seconds: 0, target: 60 },
    { phase: 'heat', seconds: 0, target: 38 },
    { phase: 'drain', seconds: 0, target: 0 },
    { phase: 'spin', seconds: 60, target: 1_000 },
    { phase: 'end', seconds: 30, target: 0 },
  ],
}

/** How one household washes. */
export interface WashHabits {
  perWeek: number
  /** Local hour around which it likes to start. */
  hour: number
  /** Its favourite is chosen half of the time. */
  favourite: string
}

export interface PlannedWash {
  at: Millis
  program: string
  /** kg. */
  load: number
  /** kg off balance: how the clothes happened to lie. */
  unbalance: number
}

/** The washes of one local day, earliest first; a function of seed, appliance and day alone. */
export function washesOf(
  seed: number,
  appliance: string,
  day: number,
  dayStart: Millis,
  habits: WashHabits,
): PlannedWash[] {
  const random = new SeededRandom(seed, `wash/${appliance}/${day}`)
  const washes: PlannedWash[] = []
  for (let i = 0; i < 2; i++) {
    if (random.next() >= habits.perWeek / 14) continue
    const hour = Math.min(20.5, Math.max(6, habits.hour + 5 * (random.next() + random.next() - 1)))
    washes.push({
      at: dayStart + Math.round((((hour / 24) * DAY) / 5_000) * 1) * 5_000,
      program: random.next() < 0.5 ? habits.favourite : choose(random.next()),
      load: Math.round((1.5 + 5 * random.next()) * 10) / 10,
      unbalance: 0.05 + 0.13 * (random.next() + random.next() * random.next()),
    })
  }
  return washes.sort((a, b) => a.at - b.at)
}

function choose(x: number): string {
  let rest = x
  for (const [name, { share }] of Object.entries(programs)) {
    rest -= share
    if (rest <= 0) return name
  }
  return 'cotton-40'
}
