import type { Depot, Engineer } from '../../core/index.ts'
import { engineerIdSchema, pick, SeededRandom, uniform } from '../../core/index.ts'
import { regions } from '../world/regions.ts'

const names = [
  'Ada Brandt',
  'Bo Lindqvist',
  'Chun Zhao',
  'Dora Kraus',
  'Enzo Ruiz',
  'Fan Liu',
  'Gita Rao',
  'Hanno Voss',
  'Ivy Xu',
  'Jonas Weiss',
  'Kira Sato',
  'Luis Ortega',
  'Mei Wang',
  'Nils Arendt',
  'Olga Petrova',
]
const trades = ['cooling', 'sealed-system', 'electrical', 'mechanical', 'plumbing']
const grades = ['A+', 'A', 'B', 'A+', 'C'] as const

/** Every part that a van or a depot of the simulated makers can have. */
const everyday = [
  'door-gasket',
  'start-relay',
  'evaporator-fan',
  'defrost-heater',
  'temperature-sensor',
  'condenser-brush-kit',
  'drain-filter',
  'drain-pump',
  'drive-belt',
  'inlet-valve',
  'door-lock',
  'damper-pair',
  'heating-element',
  'run-capacitor',
  'air-filter',
  'coil-cleaner',
  'room-sensor',
  'drain-hose',
  'fan-wheel',
  'filter-drier',
]
const heavy = [
  'compressor',
  'ac-compressor',
  'drum-bearing',
  'shaft-seal',
  'refrigerant-charge',
  'refrigerant-charge-r32',
  'capillary-tube',
  'evaporator',
  'drum-spider',
  'counterweight',
  'fan-motor',
  'condensate-pump',
  'heater-relay',
  'descaler',
  'inlet-filter',
  'defrost-thermostat',
  'filter-drier-ac',
  'flare-kit',
  'service-valve',
]

/** Five engineers in each region, with grades, trades and vans of their own, and a depot each region. */
export function drawStaff(seed: number): {
  engineers: Engineer[]
  depots: Depot[]
  /** The depot that fills up a van. */
  depotOf: (van: string) => string | undefined
} {
  const random = new SeededRandom(seed, 'staff')
  const engineers: Engineer[] = []
  const depots: Depot[] = []
  const fillsUp = new Map<string, string>()
  const stock = (parts: string[], share: number, most: number) =>
    parts.filter(() => random.next() < share).map((part) => ({ part, quantity: 1 + Math.floor(random.next() * most) }))
  for (const [r, region] of regions.entries()) {
    const near = () => ({
      lat: region.lat + uniform(random, -0.08, 0.08),
      lon: region.lon + uniform(random, -0.12, 0.12),
    })
    depots.push({
      id: `depot-${region.name}`,
      type: 'depot',
      location: near(),
      stock: stock([...everyday, ...heavy], 0.97, 12),
    })
    for (let i = 0; i < 5; i++) {
      const nth = r * 5 + i
      const grade = grades[i] ?? 'B'
      const van = `van-${nth + 1}`
      fillsUp.set(van, `depot-${region.name}`)
      depots.push({
        id: van,
        type: 'van',
        location: near(),
        stock: [...stock(everyday, 0.8, 3), ...stock(heavy, 0.35, 1)],
      })
      const most = grade === 'C' ? 2 : grade === 'B' ? 3 : 5
      const skills = trades.filter((_, t) => (t + i) % 5 < most)
      engineers.push({
        id: engineerIdSchema.parse(`engineer-${nth + 1}`),
        name: names[nth] ?? pick(random, names),
        location: near(),
        grade,
        skills,
        depot: van,
      })
    }
  }
  return { engineers, depots, depotOf: (van) => fillsUp.get(van) }
}
