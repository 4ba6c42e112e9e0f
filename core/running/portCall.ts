// Imports the class of errors and nothing else: a thread that must be there at once imports this file by itself.
import type { MessagePort, TransferListItem } from 'node:worker_threads'
import { Problem, type ProblemDetails } from '../errors.ts'

/** What may be asked of the other end of a port: named acts, whose arguments and answers can be cloned. */
export type Calls<M> = { [Name in keyof M]: (...args: never[]) => unknown }

interface Call {
  id: number
  name: string
  args: unknown[]
}
type Answer = { id: number } & ({ value: unknown } | { problem: ProblemDetails } | { error: PlainError })
interface PlainError {
  message: string
  stack: string | undefined
  /** What else the error says of itself: a code of the system's or of a driver's. */
  own: Record<string, string | number | boolean>
}

/**
 * Answers the calls that come over a port, from this thread. They begin in the order they come; what is answered without
 * waiting is answered in the same turn. An answer that cannot be cloned is an error of its call, and of nothing else.
 */
export function servePort<M extends Calls<M>>(port: MessagePort, calls: M): void {
  const failed = (id: number, error: unknown): void => port.postMessage({ id, ...toldOf(error) } satisfies Answer)
  port.on('message', ({ id, name, args }: Call) => {
    try {
      // The caller's types are these calls' own: what comes are the arguments that this one takes.
      const value = calls[name as keyof M](...(args as never[]))
      if (value instanceof Promise) {
        value
          .then((later: unknown) => port.postMessage({ id, value: later } satisfies Answer))
          .catch((error: unknown) => failed(id, error))
      } else port.postMessage({ id, value } satisfies Answer)
    } catch (error) {
      failed(id, error)
    }
  })
}

export interface PortCallerOptions {
  /** What is told to whoever waits, or asks, while there is no other end. */
  gone: () => Problem
  /** Calls that may be under way; one more is refused. Default: no bound of its own. */
  most?: { calls: number; refused: () => Problem }
  /** How long an answer may take. Default: as long as the other end lives. */
  timeout?: { ms: number; late: () => Problem }
  /** What an error of the other end becomes here. Default: the same error. */
  asError?: (error: Error) => unknown
}

interface Waiting {
  resolve: (value: never) => void
  reject: (error: unknown) => void
  timer: NodeJS.Timeout | undefined
}

/** Our end of a port whose other end calls `servePort`. The other end may be lost, and `use` gives it another one. */
export class PortCaller<M extends Calls<M>> {
  readonly #options: PortCallerOptions
  readonly #waiting = new Map<number, Waiting>()
  #port: MessagePort | undefined
  #last = 0
  #life = 0
  constructor(options: PortCallerOptions, port?: MessagePort) {
    this.#options = options
    if (port) this.use(port)
  }
  /** Is there another end? */
  get isOpen(): boolean {
    return this.#port !== undefined
  }
  /** Rises each time that the other end is lost, and what it held with it. */
  get life(): number {
    return this.#life
  }
  use(port: MessagePort): void {
    this.#lose()
    this.#port = port
    port.on('message', (answer: Answer) => this.#answered(answer))
    port.on('close', () => {
      if (this.#port === port) this.#lose()
    })
  }
  /**
   * Asks the other end. @param transfer what moves there instead of being copied: it is empty here afterwards
   * @throws Problem as the options say, and what the other end throws
   */
  call<Name extends keyof M & string>(
    name: Name,
    args: Parameters<M[Name]>,
    transfer: TransferListItem[] = [],
  ): Promise<Awaited<ReturnType<M[Name]>>> {
    const { gone, most, timeout } = this.#options
    const port = this.#port
    if (!port) return Promise.reject(gone())
    if (most && this.#waiting.size >= most.calls) return Promise.reject(most.refused())
    return new Promise((resolve, reject) => {
      const id = ++this.#last
      // One that cannot be cloned throws here, and is rejected before it counts.
      port.postMessage({ id, name, args } satisfies Call, transfer)
      const timer = timeout && setTimeout(() => this.#taken(id)?.reject(timeout.late()), timeout.ms)
      this.#waiting.set(id, { resolve, reject, timer })
    })
  }
  /** Whoever waits is told that the other end is gone. */
  close(): void {
    this.#port?.close()
    this.#lose()
  }
  #answered(answer: Answer): void {
    const caller = this.#taken(answer.id)
    if (!caller) return
    if ('value' in answer) caller.resolve(answer.value as never)
    else if ('problem' in answer) caller.reject(this.#asError(new Problem(answer.problem)))
    else caller.reject(this.#asError(errorOf(answer.error)))
  }
  #asError(error: Error): unknown {
    return this.#options.asError?.(error) ?? error
  }
  #taken(id: number): Waiting | undefined {
    const caller = this.#waiting.get(id)
    clearTimeout(caller?.timer)
    this.#waiting.delete(id)
    return caller
  }
  #lose(): void {
    if (!this.#port) return
    this.#port = undefined
    this.#life++
    for (const id of [...this.#waiting.keys()]) this.#taken(id)?.reject(this.#options.gone())
  }
}

function toldOf(error: unknown): { problem: ProblemDetails } | { error: PlainError } {
  if (error instanceof Problem) {
    const { code, message, remedy, concerns, status, retryable, retryAfterSeconds } = error
    return {
      problem: {
        code,
        message,
        remedy,
        status,
        retryable,
        ...(concerns === undefined ? {} : { concerns }),
        ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      },
    }
  }
  if (!(error instanceof Error)) return { error: { message: String(error), stack: undefined, own: {} } }
  const own = Object.entries(error).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
  return { error: { message: error.message, stack: error.stack, own: Object.fromEntries(own) } }
}

function errorOf({ message, stack, own }: PlainError): Error {
  const error = Object.assign(new Error(message), own)
  // Where it was thrown, which is on the other thread.
  if (stack !== undefined) error.stack = stack
  return error
}
