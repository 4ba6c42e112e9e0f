/** A unit as a line to its dimension's base unit: base = value · scale + shift. */
interface Unit {
  dimension: string
  scale: number
  shift?: number
}

/** What appliances send, by UCUM code. Source: UCUM 2.2; ratios and counts are pure numbers. */
const units = new Map<string, Unit>([
  ['Cel', { dimension: 'temperature', scale: 1 }],
  ['[degF]', { dimension: 'temperature', scale: 5 / 9, shift: -160 / 9 }],
  ['K', { dimension: 'temperature', scale: 1, shift: -273.15 }],
  ['W', { dimension: 'power', scale: 1 }],
  ['mW', { dimension: 'power', scale: 1e-3 }],
  ['kW', { dimension: 'power', scale: 1e3 }],
  ['[Btu]/h', { dimension: 'power', scale: 0.29307107 }],
  ['J', { dimension: 'energy', scale: 1 }],
  ['W.h', { dimension: 'energy', scale: 3_600 }],
  ['kW.h', { dimension: 'energy', scale: 3.6e6 }],
  ['A', { dimension: 'current', scale: 1 }],
  ['mA', { dimension: 'current', scale: 1e-3 }],
  ['1', { dimension: 'number', scale: 1 }],
  ['{count}', { dimension: 'number', scale: 1 }],
  ['%', { dimension: 'number', scale: 1e-2 }],
  ['[ppth]', { dimension: 'number', scale: 1e-3 }],
  ['mm/s', { dimension: 'speed', scale: 1e-3 }],
  ['m/s', { dimension: 'speed', scale: 1 }],
  ['cm/s', { dimension: 'speed', scale: 1e-2 }],
  ['[in_i]/s', { dimension: 'speed', scale: 0.0254 }],
  ['mm', { dimension: 'length', scale: 1e-3 }],
  ['cm', { dimension: 'length', scale: 1e-2 }],
  ['m', { dimension: 'length', scale: 1 }],
  ['[in_i]', { dimension: 'length', scale: 0.0254 }],
  ['ms', { dimension: 'time', scale: 1e-3 }],
  ['s', { dimension: 'time', scale: 1 }],
  ['min', { dimension: 'time', scale: 60 }],
  ['h', { dimension: 'time', scale: 3_600 }],
  ['Hz', { dimension: 'frequency', scale: 1 }],
  ['kHz', { dimension: 'frequency', scale: 1e3 }],
  ['/s', { dimension: 'frequency', scale: 1 }],
  ['/min', { dimension: 'frequency', scale: 1 / 60 }],
  ['g', { dimension: 'mass', scale: 1e-3 }],
  ['kg', { dimension: 'mass', scale: 1 }],
  ['[lb_av]', { dimension: 'mass', scale: 0.45359237 }],
  ['Pa', { dimension: 'pressure', scale: 1 }],
  ['kPa', { dimension: 'pressure', scale: 1e3 }],
  ['bar', { dimension: 'pressure', scale: 1e5 }],
  ['[psi]', { dimension: 'pressure', scale: 6_894.757 }],
])

const spellings = new Map<string, string>([
  ...['degF', '°F', 'F', 'Fahrenheit', '℉'].map((said): [string, string] => [said, '[degF]']),
  ...['degC', '°C', 'C', 'Celsius', '℃', 'cel'].map((said): [string, string] => [said, 'Cel']),
  ...['kWh', 'kW·h'].map((said): [string, string] => [said, 'kW.h']),
  ...['Wh', 'W·h'].map((said): [string, string] => [said, 'W.h']),
  ...['permille', '‰', 'ppth'].map((said): [string, string] => [said, '[ppth]']),
  ...['percent', 'pct'].map((said): [string, string] => [said, '%']),
  ...['ratio', 'share'].map((said): [string, string] => [said, '1']),
  ...['count', 'counts'].map((said): [string, string] => [said, '{count}']),
  ...['in_i/s', 'in/s', 'ips', '[in_i/s]'].map((said): [string, string] => [said, '[in_i]/s']),
  ...['in', 'inch', 'in_i'].map((said): [string, string] => [said, '[in_i]']),
  ...['rpm', '1/min', '{rpm}', '{rotation}/min'].map((said): [string, string] => [said, '/min']),
  ['sec', 's'],
  ['lb', '[lb_av]'],
  ['psi', '[psi]'],
  ['Btu/h', '[Btu]/h'],
])

/** How a value sent in one unit becomes one in another: value · scale + shift, divided by the interval's seconds when it is an energy. */
export interface Conversion {
  scale: number
  shift: number
  /** The value is what was used over the interval, and its power is asked for. */
  perSecond: boolean
}

/** The UCUM code of a unit as people write it; undefined for one that is not known. */
export const ucumOf = (said: string): string | undefined => spellings.get(said) ?? (units.has(said) ? said : undefined)

/** @returns how to convert; undefined where either is not known or they measure different things */
export function conversion(from: string, to: string): Conversion | undefined {
  const [a, b] = [units.get(ucumOf(from) ?? ''), units.get(ucumOf(to) ?? '')]
  if (!a || !b) return undefined
  const perSecond = a.dimension === 'energy' && b.dimension === 'power'
  if (a.dimension !== b.dimension && !perSecond) return undefined
  return { scale: a.scale / b.scale, shift: ((a.shift ?? 0) - (b.shift ?? 0)) / b.scale, perSecond }
}

/** The units that a value of this one may be sent in: for messages. */
export const unitsLike = (code: string): string[] =>
  [...units.keys()].filter((other) => conversion(other, code) !== undefined)
