import type { FastifyBaseLogger } from 'fastify'
import type { z } from 'zod'
import { type Clock, MINUTE, Problem } from '../../core/index.ts'

/** A longer answer is not looked at while people wait for it. */
const LONGEST_LOOKED_AT = 256 << 10

/**
 * Sends answers as they are, and looks whether they are as described (docs/decisions/0100). In tests a mismatch is an
 * error; in production each route is looked at once a minute at most, and a mismatch is counted, and logged once a route.
 */
export class AnswerWatch {
  readonly #isStrict: boolean
  readonly #wall: Clock
  readonly #log: FastifyBaseLogger
  /** When each route is looked at again, ms. */
  readonly #due = new Map<string, number>()
  readonly #logged = new Set<string>()
  #mismatches = 0
  constructor(options: { isStrict: boolean; wall: Clock; log: FastifyBaseLogger }) {
    this.#isStrict = options.isStrict
    this.#wall = options.wall
    this.#log = options.log
  }
  /** Answers that were not as described, of those that were looked at. */
  get mismatches(): number {
    return this.#mismatches
  }
  /** @throws Problem `answer-mismatch`, in tests alone */
  serialize(call: string, schema: z.ZodType, answer: unknown): string {
    const text = JSON.stringify(answer)
    if (!this.#isDue(call, text)) return text
    const wrong = mismatch(schema, JSON.parse(text))
    if (wrong === undefined) return text
    this.#mismatches++
    if (this.#isStrict) {
      throw new Problem({
        code: 'answer-mismatch',
        message: `${call} answers what its schema does not say: ${wrong}.`,
        remedy: 'Mend the answer, or its schema in dashboards/api/answers/.',
        concerns: call,
        status: 500,
      })
    }
    if (!this.#logged.has(call)) this.#log.warn({ call, wrong }, 'an answer is not as it is described')
    this.#logged.add(call)
    return text
  }
  #isDue(call: string, text: string): boolean {
    if (this.#isStrict) return true
    const now = this.#wall.now()
    if (text.length > LONGEST_LOOKED_AT || now < (this.#due.get(call) ?? 0)) return false
    this.#due.set(call, now + MINUTE)
    return true
  }
}

/** The first place at which an answer is not what its schema says, what the schema does not name included. Pure. */
export function mismatch(schema: z.ZodType, answer: unknown): string | undefined {
  const read = schema.safeParse(answer)
  if (read.success) return unnamed(answer, read.data, '')
  const [first] = read.error.issues
  return first && `${place(first.path)} ${first.message}`
}

/** A schema drops what it does not name. */
function unnamed(sent: unknown, read: unknown, path: string): string | undefined {
  if (!isObject(sent) || !isObject(read)) return undefined
  for (const key of Object.keys(sent)) {
    // It is a name like any other, and zod leaves it out of every record.
    if (key === '__proto__') continue
    const inner = path ? `${path}/${key}` : key
    if (!Object.hasOwn(read, key)) return `${inner} is not described`
    const found = unnamed(sent[key], read[key], inner)
    if (found !== undefined) return found
  }
  return undefined
}
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const place = (path: readonly PropertyKey[]): string => path.map(String).join('/') || 'the whole'
