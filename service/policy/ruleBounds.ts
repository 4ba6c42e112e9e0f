/** The most that a number in a rule may be, by the unit in which its name ends. */
const mostOf: readonly (readonly [name: RegExp, most: number, unit: string])[] = [
  [/^(?:shiftHours|slotHours|quietHours)$/, 24, 'hours of a day'],
  [/^slotsOffered$/, 100, 'times'],
  [/(?:^|[a-z])Years?$|^years$/, 100, 'years'],
  [/(?:^|[a-z])Months$|^months$/, 1_200, 'months'],
  [/(?:^|[a-z])Days$|^days$/, 36_600, 'days'],
  [/(?:^|[a-z])Hours$|^hours$/, 87_600, 'hours'],
  [/(?:^|[a-z])Minutes$|^minutes$/, 5_256_000, 'minutes'],
  [/(?:^|[a-z])Seconds$|^seconds$/, 31_622_400, 'seconds'],
  [/(?:^|[a-z])Km$|^travelKmPerHour$/, 40_075, 'kilometres'],
  [/Cents|^cents$/, 1_000_000_000, 'cents'],
]
/** Of what has no unit. */
const MOST = 1_000_000
/** Of what something is divided by: no span, and no count, becomes endless. */
const LEAST = 1e-6

/**
 * The first number in a rule's value that no desk can mean, in words: with it a time would have no date, or a list no end.
 * Pure. @returns undefined when there is none
 */
export function ruleBoundsFault(rule: string, value: unknown): string | undefined {
  return within(value, [rule], mostIn(rule))
}

type Most = readonly [most: number, unit: string]
const mostIn = (name: string, of: Most = [MOST, '']): Most => {
  const found = mostOf.find(([pattern]) => pattern.test(name))
  return found ? [found[1], found[2]] : of
}

function within(value: unknown, path: readonly string[], of: Most): string | undefined {
  if (typeof value === 'number') {
    const [most, unit] = of
    if (value === 0 || (value >= LEAST && value <= most)) return undefined
    // No rule has a use for less than nothing: it would owe money, or promise what is past.
    const why = value > most ? `more than ${most}` : `less than ${value < 0 ? 0 : LEAST}`
    return `${path.join('.')}: ${value} is ${why}${unit && ` ${unit}`}.`
  }
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, inner] of Object.entries(value)) {
    const fault = within(inner, [...path, name], mostIn(name, of))
    if (fault) return fault
  }
  return undefined
}
