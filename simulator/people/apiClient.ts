import { Problem } from '../../core/index.ts'

/** The product's HTTP side, as the simulated people use it: the same calls as anybody's. */
export interface ApiClient {
  call<T>(method: string, path: string, body?: unknown): Promise<T>
}

const TIMEOUT_MS = 15_000

export function openApiClient(apiUrl: string, token: string): ApiClient {
  return {
    async call<T>(method: string, path: string, body?: unknown): Promise<T> {
      const response = await fetch(apiUrl + path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      const answer = (await response.json().catch(() => ({}))) as T & { code?: string; title?: string; detail?: string }
      if (response.ok) return answer
      throw new Problem({
        code: answer.code ?? 'refused',
        message: answer.title ?? `${method} ${path} answered ${response.status}.`,
        remedy: answer.detail ?? '',
        status: response.status,
        retryable: response.status >= 500,
      })
    },
  }
}
