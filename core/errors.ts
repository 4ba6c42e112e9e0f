import type { Reason } from './texts/reason.ts'

/** What an error says to whoever must act on it. */
export interface ProblemDetails {
  /** Stable, kebab-case; the API, the log and the metrics all use it. */
  code: string
  /** One sentence: what is wrong, and with what. */
  message: string
  /** One sentence: what to do about it. */
  remedy: string
  /** The thing concerned: an id, a file, the name of a setting. */
  concerns?: string
  /** HTTP status when it reaches the API. Default 400. */
  status?: number
  /** Can the same call succeed later without any change? */
  retryable?: boolean
  /** When it may: told as `Retry-After`. */
  retryAfterSeconds?: number
  /** Why, as a code with its parameters, where the message says it in words. */
  because?: Reason
  cause?: unknown
}

/** An expected failure that needs a person or a retry. Our own bugs are asserts, not this. */
export class Problem extends Error {
  readonly code: string
  readonly remedy: string
  readonly concerns: string | undefined
  readonly status: number
  readonly retryable: boolean
  readonly retryAfterSeconds: number | undefined
  readonly because: Reason | undefined
  constructor(details: ProblemDetails) {
    super(details.message, { cause: details.cause })
    this.name = 'Problem'
    this.code = details.code
    this.remedy = details.remedy
    this.concerns = details.concerns
    this.status = details.status ?? 400
    this.retryable = details.retryable ?? false
    this.retryAfterSeconds = details.retryAfterSeconds
    this.because = details.because
  }
}

export const notFound = (what: string, id: string): Problem =>
  new Problem({
    code: 'not-found',
    message: `There is no ${what} '${id}'.`,
    remedy: `Check the id; GET the list of ${what}s to see which exist.`,
    concerns: id,
    status: 404,
  })
