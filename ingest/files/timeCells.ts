import { DAY, fromLocal, HOUR, MINUTE, type Millis, nth, zoneOffsetMs } from '../../core/index.ts'

export const timeUnits = ['min', 's', 'ms', 'us', 'ns'] as const
export type TimeUnit = (typeof timeUnits)[number]
export const dateOrders = ['dmy', 'mdy'] as const
export type DateOrder = (typeof dateOrders)[number]

/** How the times of a column are written. */
export interface TimeShape {
  /** Of numbers since 1970. */
  unit?: TimeUnit
  /** Of dates like 01/02/2025. */
  dateOrder?: DateOrder
  /** Of times that name no zone. */
  zone?: string
}
export interface TimeOptions {
  timeUnit?: TimeUnit | undefined
  dateOrder?: DateOrder | undefined
  /** IANA name; UTC where nothing is said. */
  zone?: string | undefined
}

const perMs: Record<TimeUnit, number> = { min: MINUTE, s: 1_000, ms: 1, us: 1e-3, ns: 1e-6 }
const LEAST_STEP_MS = 1_000
/** Minutes since 1970; as seconds since a beginning it would be most of a year. */
const YEAR_2015_MIN = Date.UTC(2015, 0, 1) / MINUTE
const aNumber = /^[-+]?\d+(?:\.\d+)?$/
/** 2025-02-01T03:04:05.678+01:00, with any of it from the minutes on left out; also with / or 年月日. */
const yearFirst =
  /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|[-+]\d{2}:?(?:\d{2})?)?$/
/** 01.02.2025 03:04 or 1/2/2025 3:04:05. */
const yearLast =
  /^(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:,?[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|[-+]\d{2}:?(?:\d{2})?)?$/

/** 11:59 PM as 23:59; what is no hour of twelve stays as it is, and is no time. */
const byTwentyFour = (cell: string): string =>
  cell.replace(/(\d{1,2})(:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)\s*([ap])\.?m\.?/i, (all, hour, rest, half) =>
    Number(hour) < 1 || Number(hour) > 12 ? all : `${(Number(hour) % 12) + (/p/i.test(half) ? 12 : 0)}${rest}`,
  )

/**
 * How a column of times is to be read. Numbers: their size tells seconds, milli-, micro- and nanoseconds apart, except
 * that a name may say it. Dates with points are written day first; with slashes a day above 12 tells, and where none
 * does, nobody knows.
 */
export function timeShapeOf(name: string, written: readonly string[], options: TimeOptions): TimeShape {
  const cells = written.map(byTwentyFour)
  const numbers = cells.filter((cell) => aNumber.test(cell)).map(Number)
  const shape: TimeShape = {}
  const unit = options.timeUnit ?? unitOfName(name) ?? (numbers.length > 0 ? unitOfSize(numbers) : undefined)
  if (numbers.length > 0 && unit) shape.unit = unit
  const parted = cells.map((cell) => yearLast.exec(cell)).filter((found) => found !== null)
  if (parted.length > 0) {
    const order = options.dateOrder ?? orderOf(parted)
    if (order) shape.dateOrder = order
  }
  const isLocal = (cell: string): boolean => {
    const found = yearFirst.exec(cell) ?? yearLast.exec(cell)
    return found !== null && found.at(-1) === undefined
  }
  if (cells.some(isLocal)) shape.zone = options.zone ?? 'UTC'
  return shape
}

function unitOfName(name: string): TimeUnit | undefined {
  if (/(?:^|_)(?:unix_?)?(?:s|sec|secs|seconds)$|^unix$|^epoch$/i.test(name)) return 's'
  if (/(?:^|_)(?:min|mins|minutes?)$/i.test(name)) return 'min'
  if (/_ms$|millis/i.test(name)) return 'ms'
  if (/_us$|micros/i.test(name)) return 'us'
  return /_ns$|nanos/i.test(name) ? 'ns' : undefined
}
/** Undefined: of numbers that count from the beginning of a recording, and go on by so little, nobody knows. */
function unitOfSize(numbers: number[]): TimeUnit | undefined {
  const middle = Math.abs(
    nth(
      numbers.toSorted((a, b) => a - b),
      numbers.length >> 1,
    ),
  )
  if (middle < 1e8) return unitOfSteps(numbers)
  if (middle >= 1e11 && middle < 1e14) return 'ms'
  return middle < 1e11 ? 's' : middle < 1e17 ? 'us' : 'ns'
}
/** Of small numbers: milliseconds, as the contract counts, where they go on by a second at least. */
function unitOfSteps(numbers: number[]): TimeUnit | undefined {
  const steps = numbers.flatMap((one, i) =>
    i === 0 || one === numbers[i - 1] ? [] : [Math.abs(one - nth(numbers, i - 1))],
  )
  const step = steps.toSorted((a, b) => a - b)[steps.length >> 1]
  if (step === undefined || step >= LEAST_STEP_MS) return 'ms'
  if (numbers.every((one) => one >= YEAR_2015_MIN)) return 'min'
  // Nothing is sampled oftener than each few milliseconds, and minute by minute counts as second by second does.
  return step > 1 ? 's' : undefined
}
function orderOf(found: RegExpExecArray[]): DateOrder | undefined {
  if (found.some(([, first]) => Number(first) > 12) || found.some(([, , sign]) => sign === '.')) return 'dmy'
  return found.some(([, , , second]) => Number(second) > 12) ? 'mdy' : undefined
}

/** The time that a cell says; a text says what is wrong instead. */
export function timeOf(cell: string, shape: TimeShape): Millis | string {
  if (aNumber.test(cell)) {
    const { unit } = shape
    if (unit === undefined) return 'may be seconds or minutes; a column of this name may be called t_s or t_min'
    // Nanoseconds have more digits than a number holds exactly; their last ones say nothing here.
    const ms = Math.round(Number(cell) * perMs[unit])
    return Number.isSafeInteger(ms) ? ms : 'is no time'
  }
  const said = byTwentyFour(cell)
  const first = yearFirst.exec(said)
  if (first) {
    const [, year, month, day, hour, minute, second, fraction, offset] = first
    return dateOf([year, month, day, hour, minute, second, fraction], offset, shape)
  }
  const last = yearLast.exec(said)
  if (!last) return 'is no time; write 2025-02-01T03:04:05Z, or seconds or milliseconds since 1970'
  const [, one, sign, two, year, hour, minute, second, fraction, offset] = last
  const order = sign === '.' ? 'dmy' : shape.dateOrder
  if (!order) return 'may be the day first or the month first; say dateOrder dmy or mdy'
  const [day, month] = order === 'dmy' ? [one, two] : [two, one]
  return dateOf([year, month, day, hour, minute, second, fraction], offset, shape)
}

function dateOf(parts: (string | undefined)[], offset: string | undefined, { zone }: TimeShape): Millis | string {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts.map((part) => Number(part ?? 0))
  const ms = Math.floor(Number(`0.${parts[6] ?? 0}`) * 1_000)
  const at = Date.UTC(year, month - 1, day, hour, minute, second, ms)
  const back = new Date(at)
  const isDay = back.getUTCMonth() === month - 1 && back.getUTCDate() === day
  if (!isDay || hour > 23 || minute > 59 || second > 59) return 'is no day or no time of day'
  if (offset === undefined) {
    const found = fromLocal(at, zone ?? 'UTC')
    const isLeftOut = parts[3] !== undefined && found + zoneOffsetMs(found, zone ?? 'UTC') !== at
    return isLeftOut ? `is no time in ${zone}: clocks were put forward over it` : found
  }
  const [, sign, hours, minutes] = /^([-+])(\d{2}):?(\d{2})?$/.exec(offset) ?? []
  return sign === undefined ? at : at - (sign === '-' ? -1 : 1) * (Number(hours) * HOUR + Number(minutes ?? 0) * 60_000)
}

/**
 * A time of rows in order, where clocks of the zone are put back and show an hour twice: one that does not come after the
 * row before is of the second hour.
 */
export function inOrder(ts: Millis, before: Millis, { zone }: TimeShape): Millis {
  if (ts > before || zone === undefined) return ts
  const back = zoneOffsetMs(ts - DAY, zone) - zoneOffsetMs(ts + DAY, zone)
  const isTwice = back > 0 && zoneOffsetMs(ts, zone) - zoneOffsetMs(ts + back, zone) === back
  return isTwice ? ts + back : ts
}

export const isZone = (zone: string): boolean => {
  try {
    return zoneOffsetMs(0, zone) !== undefined
  } catch {
    return false
  }
}
