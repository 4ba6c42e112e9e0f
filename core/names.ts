import { z } from 'zod'

/**
 * Names from outside are data: looked up with `in` or `[]` on a plain object, `constructor` and `__proto__` are found
 * though nobody put them there. So what is keyed by such names is a Map, or one of these: an object without a prototype.
 */
export type ByName<T> = Record<string, T>

/** The same entries without a prototype, not deep. `__proto__` is a name like any other. */
export function byName<T>(entries: Iterable<readonly [string, T]> | Readonly<Record<string, T>> = []): ByName<T> {
  const named = Object.create(null) as ByName<T>
  for (const [name, value] of Symbol.iterator in entries ? entries : Object.entries(entries)) {
    Object.defineProperty(named, name, { value, enumerable: true, writable: true, configurable: true })
  }
  return named
}

/** A record of a zod schema that comes out without a prototype. */
export const recordOf = <K extends z.core.$ZodRecordKey, V extends z.core.SomeType>(key: K, value: V) =>
  z.record(key, value).transform((given) => Object.assign(Object.create(null), given) as typeof given)

/** What a plain object has of its own under a name from outside. */
export const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined
