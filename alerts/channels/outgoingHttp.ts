import { boundedText, Problem } from '../../core/index.ts'

/** The only hosts that messages leave to. They are fixed here: no setting, and nobody through the API, adds one. */
export const messageHosts = [
  'api.twilio.com',
  'dysmsapi.aliyuncs.com',
  'dyvmsapi.aliyuncs.com',
  'api.weixin.qq.com',
  'qyapi.weixin.qq.com',
  'oapi.dingtalk.com',
  'open.feishu.cn',
] as const
export type MessageHost = (typeof messageHosts)[number]

/** A request as a provider wants it signed. */
export interface OutgoingRequest {
  host: MessageHost
  /** With its query. */
  path: string
  headers?: Record<string, string>
  /** Absent: a POST without a body. */
  body?: string
}

export interface OutgoingAnswer {
  status: number
  /** At most 64 KiB of it. */
  body: string
}

/** Sends one request, by POST. @throws Problem `no-answer`, which is worth another try */
export type OutgoingHttp = (request: OutgoingRequest) => Promise<OutgoingAnswer>

const TIMEOUT_MS = 10_000
const MOST_BYTES = 64 << 10

/** @param originOf where a host is called: over TLS at its own name. Tests put a server of theirs in its place. */
export const outgoingHttp =
  (originOf: (host: MessageHost) => string = (host) => `https://${host}`): OutgoingHttp =>
  async ({ host, path, headers = {}, body }) => {
    try {
      const response = await fetch(originOf(host) + path, {
        method: 'POST',
        headers,
        ...(body === undefined ? {} : { body }),
        // Who answers with another address could lead a signed request anywhere.
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      return {
        status: response.status,
        body: await boundedText(response, MOST_BYTES, () => new Error('the answer is too long')),
      }
    } catch (cause) {
      throw new Problem({
        code: 'no-answer',
        message: `${host} gave no answer.`,
        remedy: 'It is tried again; look whether this machine reaches it.',
        retryable: true,
        cause,
      })
    }
  }
