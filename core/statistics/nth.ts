/**
 * What stands at a place of a list, or under a name: read with a look whether it is there. One that is missing is our own
 * mistake, and stops at once instead of going on as `undefined`. Not for the way of every reading: it costs nanoseconds.
 * @throws RangeError where nothing is there
 */
export function nth<L, K extends keyof L>(list: L, place: K): NonNullable<L[K]> {
  const found = list[place]
  if (found === undefined || found === null) throw new RangeError(`nothing at ${String(place)}`)
  return found
}

/** The same of numbers that lie in a typed array: for these alone, so that the look costs next to nothing. @throws RangeError */
export function cell(values: Float64Array, place: number): number {
  const found = values[place]
  if (found === undefined) throw new RangeError(`no cell ${place} of ${values.length}`)
  return found
}

/** What is there, by all that was decided before. @throws RangeError where it is not: our own mistake */
export function there<T>(value: T): NonNullable<T> {
  if (value === undefined || value === null) throw new RangeError('nothing there')
  return value
}
