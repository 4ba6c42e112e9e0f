// The one file of the pages that fetches; it is small, for what must be small.
import type { Answer, Call } from '../../api/answers/index.ts'

/** A refusal of the API: what is wrong, and what to do. */
export class ApiError extends Error {
  readonly status: number
  readonly remedy: string
  readonly code: string
  constructor(status: number, message: string, remedy: string, code = '') {
    super(message)
    this.code = code
    this.status = status
    this.remedy = remedy
  }
}

/** What stands in a call's path, by name, and what is asked besides; what is undefined is left out. */
type Asked = Readonly<Record<string, string | number | boolean | undefined>>
type Names<C extends string> = C extends `${string}:${infer Name}/${infer Rest}`
  ? Name | Names<Rest>
  : C extends `${string}:${infer Name}`
    ? Name
    : never
/** What a call asks for: the names of its path must be given. */
export type AskedOf<C extends Call> = Asked & { readonly [Name in Names<C>]: string }
export type Question = Extract<Call, `GET ${string}`>
export type Change = Exclude<Call, Question>

/** Where a call goes: its path and its query. */
export function addressOf(call: Call, asked: Asked): string {
  const segments = call.slice(call.indexOf(' ') + 1).split('/')
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(asked))
    if (value !== undefined && !segments.includes(`:${name}`)) query.set(name, String(value))
  const path = segments.map((one) => (one.startsWith(':') ? encodeURIComponent(String(asked[one.slice(1)])) : one))
  return path.join('/') + (query.size > 0 ? `?${query}` : '')
}

/** Asked before the program was there that needs it; each answer is handed out once. */
const ahead = new Map<string, Promise<Response>>()
export function askAhead(what: Question): void {
  // Read to its end at once: an answer that a page does not need would be held open.
  const asking = fetch(addressOf(what, {})).then(async (response) => new Response(await response.blob(), response))
  // Whoever asks for it hears of it.
  asking.catch(() => undefined)
  ahead.set(addressOf(what, {}), asking)
}
function takeAhead(address: string): Promise<Response> | undefined {
  const asked = ahead.get(address)
  ahead.delete(address)
  // What was refused then may be allowed now: somebody signed in meanwhile.
  return asked?.then((response) => (response.ok ? response : fetch(address)))
}

/** A browser carries no more to its end once the page has gone, all such calls together: 64 KiB and 256 calls. */
const CARRIED_BYTES = 60_000
const CARRIED_CALLS = 250
const carried = { bytes: 0, calls: 0 }
/** Goes to its end although the page is left, as long as browsers do that: they refuse what is too much. */
async function carry(address: string, request: RequestInit): Promise<Response> {
  const bytes = typeof request.body === 'string' ? new TextEncoder().encode(request.body).length : 0
  if (carried.calls >= CARRIED_CALLS || carried.bytes + bytes > CARRIED_BYTES) return fetch(address, request)
  carried.calls++
  carried.bytes += bytes
  try {
    return await fetch(address, { ...request, keepalive: true })
  } finally {
    carried.calls--
    carried.bytes -= bytes
  }
}

function requestOf(method: string, body: unknown, headers: Readonly<Record<string, string>>): RequestInit {
  if (body === undefined) return { method, headers }
  if (body instanceof Blob) return { method, body, headers: { ...headers, 'content-type': 'text/csv' } }
  return { method, body: JSON.stringify(body), headers: { ...headers, 'content-type': 'application/json' } }
}

/**
 * The one place where an answer gets its type: that of the table which the server itself is held to.
 * @param isCarried it goes to its end although the page is left meanwhile
 * @throws ApiError where it is refused, or nobody answers
 */
export async function call<C extends Call>(
  what: C,
  asked: AskedOf<C>,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
  isCarried = false,
): Promise<Answer<C>> {
  const address = addressOf(what, asked)
  const method = what.slice(0, what.indexOf(' '))
  const request =
    (method === 'GET' && takeAhead(address)) || (isCarried ? carry : fetch)(address, requestOf(method, body, headers))
  const response = await request.catch(() => {
    throw new ApiError(0, 'offline', 'offline')
  })
  if (response.ok) return response.json()
  const problem: { title?: string; detail?: string; code?: string } = await response.json().catch(() => ({}))
  throw new ApiError(response.status, problem.title ?? response.statusText, problem.detail ?? '', problem.code)
}
