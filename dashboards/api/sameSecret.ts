import { timingSafeEqual } from 'node:crypto'

/** Compares in a time that tells nothing but the lengths. */
export const sameSecret = (a: string, b: string): boolean => {
  const [x, y] = [Buffer.from(a), Buffer.from(b)]
  return x.length === y.length && timingSafeEqual(x, y)
}
