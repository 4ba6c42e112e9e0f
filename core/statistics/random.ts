import { createHmac, randomBytes } from 'node:crypto'

/** A stream of randomness, seeded wherever a run must be repeatable. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number
}

const MASK = (1n << 64n) - 1n

/** 32 well-mixed bits of any text: for naming independent streams. FNV-1a with a final avalanche (MurmurHash3). */
export function hash32(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/**
 * Repeatable stream: the same seed and name give the same numbers on every machine.
 * Source: sfc32 of PractRand (Chris Doty-Humphrey), 128 bits of state, warmed up 12 times.
 */
export class SeededRandom implements Random {
  #a: number
  #b: number
  #c: number
  #d = 1
  constructor(seed: number, name = '') {
    this.#a = hash32(`${seed}/${name}/a`)
    this.#b = hash32(`${seed}/${name}/b`)
    this.#c = hash32(`${seed}/${name}/c`)
    for (let i = 0; i < 12; i++) this.next()
  }
  next(): number {
    const t = (((this.#a + this.#b) | 0) + this.#d) | 0
    this.#d = (this.#d + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (this.#c << 21) | (this.#c >>> 11)
    this.#c = (this.#c + t) | 0
    return (t >>> 0) / 4294967296
  }
  /** The four words of state, for a snapshot that goes on exactly where it stopped. */
  state(): [number, number, number, number] {
    return [this.#a, this.#b, this.#c, this.#d]
  }
  restore([a, b, c, d]: readonly [number, number, number, number]): void {
    this.#a = a
    this.#b = b
    this.#c = c
    this.#d = d
  }
}

/** Uniform in [low, high). */
export const uniform = (random: Random, low: number, high: number): number => low + (high - low) * random.next()

/** Uniform in its logarithm, in [low, high); both > 0. */
export const logUniform = (random: Random, low: number, high: number): number =>
  Math.exp(uniform(random, Math.log(low), Math.log(high)))

/** Standard normal. Source: Box and Muller (1958). */
export const gaussian = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())

/** One of a non-empty list, each as likely. */
export const pick = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random.next() * items.length)] as T

/** A secret that cannot be guessed: 256 random bits, base64url. */
export const newSecret = (): string => randomBytes(32).toString('base64url')

/** 64-bit FNV-1a of a text as 16 hexadecimal digits; for identities that derive from content, not for secrets. */
export function hash64(text: string): string {
  let h = 0xcbf29ce484222325n
  for (const byte of Buffer.from(text)) h = ((h ^ BigInt(byte)) * 0x100000001b3n) & MASK
  return h.toString(16).padStart(16, '0')
}

/** Keyed hash of a device's secret: HMAC-SHA-256. Fast on purpose, because the secret has 256 random bits. */
export const hashSecret = (key: Uint8Array, secret: string): Buffer => createHmac('sha256', key).update(secret).digest()
