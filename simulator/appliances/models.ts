import { pick, type Random, SeededRandom } from '../../core/index.ts'

/** A product as it is sold: what it has, which of its kind's sensors it does without, which firmware it runs. */
export interface ProductModel {
  name: string
  /** Share of its kind's appliances. */
  share: number
  lacks: readonly string[]
  firmware: readonly string[]
  /** Fridges: a fan blows over the coil; a heater defrosts it. */
  fan?: boolean
  defrost?: boolean
  /** Air conditioners: fixed speed otherwise. */
  inverter?: boolean
  /** Washers: raw vibration comes with each spin. */
  bursts?: boolean
}

const everythingButPower = [
  'cabinetTemp',
  'freezerTemp',
  'evaporatorTemp',
  'condenserTemp',
  'ambientTemp',
  'setpointTemp',
  'compressorOn',
  'compressorStarts',
  'doorOpen',
  'defrost',
  'fanSpeed',
  'vibration',
]

const products: Record<string, readonly ProductModel[]> = {
  fridge: [
    { name: 'Polar 300', share: 0.3, lacks: [], firmware: ['2.3.1', '2.4.0'], fan: true, defrost: true },
    { name: 'Polar 360', share: 0.25, lacks: [], firmware: ['2.3.1', '2.4.0'], fan: true, defrost: true },
    {
      name: 'Nordic S',
      share: 0.2,
      lacks: ['vibration', 'condenserTemp'],
      firmware: ['2.3.1', '2.4.0'],
      fan: true,
      defrost: true,
    },
    {
      name: 'Nordic Eco',
      share: 0.17,
      lacks: ['vibration', 'fanSpeed', 'evaporatorTemp', 'defrost'],
      firmware: ['1.8.0'],
    },
    { name: 'Meter Basic', share: 0.08, lacks: everythingButPower, firmware: ['1.0.4'], fan: true, defrost: true },
  ],
  washer: [
    { name: 'Aqua 7', share: 0.3, lacks: [], firmware: ['4.1.0', '4.2.2'] },
    { name: 'Aqua 8 Pro', share: 0.25, lacks: [], firmware: ['4.1.0', '4.2.2'] },
    { name: 'Wave 7', share: 0.25, lacks: ['bearingEnvelope'], firmware: ['3.0.7'], bursts: true },
    {
      name: 'Wave Lite',
      share: 0.2,
      lacks: ['bearingEnvelope', 'vibrationKurtosis', 'vibrationPeak'],
      firmware: ['3.0.7'],
    },
  ],
  ac: [
    { name: 'Breeze 9', share: 0.3, lacks: [], firmware: ['5.0.2', '5.1.0'], inverter: true },
    { name: 'Breeze 12', share: 0.25, lacks: [], firmware: ['5.0.2', '5.1.0'], inverter: true },
    {
      name: 'Alize 9',
      share: 0.25,
      lacks: ['vibration', 'condensateLevel', 'compressorFrequency'],
      firmware: ['3.2.0'],
    },
    {
      name: 'Alize Eco',
      share: 0.2,
      lacks: ['vibration', 'current', 'condenserTemp'],
      firmware: ['3.2.0'],
      inverter: true,
    },
  ],
}

export const modelsOf = (kind: string): readonly ProductModel[] => products[kind] ?? []

/** Draws a model by its share. */
export function pickModel(random: Random, models: readonly ProductModel[]): ProductModel {
  let rest = random.next() * models.reduce((sum, { share }) => sum + share, 0)
  for (const model of models) {
    rest -= model.share
    if (rest < 0) return model
  }
  return models[models.length - 1]!
}

/** One production month of each model has a defect: one mode comes five times as often. */
export function defectOf(
  seed: number,
  kind: string,
  model: string,
  modes: string[],
): { batch: string; failureMode: string } {
  const random = new SeededRandom(seed, `defect/${kind}/${model}`)
  return { batch: pick(random, batches), failureMode: pick(random, modes) }
}
export const batches = ['2022-06', '2023-02', '2023-09', '2024-03', '2024-08', '2025-01', '2025-05'] as const
