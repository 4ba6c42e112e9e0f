/** A product as it is sold: what it is called, and which of its kind's sensors it does without. */
export interface ProductModel {
  name: string
  lacks: string[]
}

const products: Record<string, ProductModel[]> = {
  fridge: [
    { name: 'Polar 300', lacks: [] },
    { name: 'Polar 360', lacks: [] },
    { name: 'Nordic S', lacks: ['vibration', 'condenserTemp'] },
    { name: 'Nordic Eco', lacks: ['vibration', 'fanSpeed', 'evaporatorTemp'] },
    {
      name: 'Meter Basic',
      lacks: [
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
      ],
    },
  ],
  washer: [
    { name: 'Aqua 7', lacks: [] },
    { name: 'Aqua 8 Pro', lacks: [] },
    { name: 'Wave 7', lacks: ['bearingEnvelope'] },
    { name: 'Wave Lite', lacks: ['bearingEnvelope', 'vibrationKurtosis', 'vibrationPeak'] },
  ],
  ac: [
    { name: 'Breeze 9', lacks: [] },
    { name: 'Breeze 12', lacks: [] },
    { name: 'Alize 9', lacks: ['vibration', 'condensateLevel'] },
    { name: 'Alize Eco', lacks: ['vibration', 'current', 'condenserTemp'] },
  ],
}

export const modelsOf = (kind: string): ProductModel[] => products[kind] ?? []

/** Where the homes are; each shares its weather. */
export const regions = [
  { name: 'north', lat: 53.55, lon: 9.99, warmer: -1 },
  { name: 'east', lat: 36.07, lon: 120.38, warmer: 3 },
  { name: 'south', lat: 37.39, lon: -5.98, warmer: 7 },
]
