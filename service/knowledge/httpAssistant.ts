import { z } from 'zod'
import { boundedText, Problem } from '../../core/index.ts'
import type { AssistantModel } from './assistant.ts'

const TIMEOUT_MS = 30_000
const MOST_BYTES = 256 << 10
/** Asked at once; whoever comes then is told to try again. */
const AT_ONCE = 4
const answer = z.object({ choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1) })

/** A model behind the chat completions that most servers of models speak, those on one's own machine too. */
export function httpAssistant(options: { url: string; model: string; token?: string | undefined }): AssistantModel {
  let asked = 0
  return {
    async ask({ rules, question, picture }) {
      if (asked >= AT_ONCE) throw unavailable(`${AT_ONCE} questions are being answered`)
      asked++
      try {
        return await complete(options, rules, question, picture)
      } catch (error) {
        throw error instanceof Problem ? error : unavailable(error instanceof Error ? error.message : 'no answer')
      } finally {
        asked--
      }
    },
  }
}

async function complete(
  { url, model, token }: { url: string; model: string; token?: string | undefined },
  rules: string,
  question: string,
  picture: string | undefined,
): Promise<string> {
  const content = picture
    ? [
        { type: 'text', text: question },
        { type: 'image_url', image_url: { url: picture } },
      ]
    : question
  const response = await fetch(`${url.replace(/\/$/, '')}/chat/completions`, {
    method: 'POST',
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify({
      model,
      temperature: 0,
      messages: [
        { role: 'system', content: rules },
        { role: 'user', content },
      ],
    }),
  })
  const text = await boundedText(response, MOST_BYTES, () => unavailable('its answer is too long'))
  if (!response.ok) throw unavailable(`it answered ${response.status}`)
  const parsed = answer.safeParse(JSON.parse(text))
  const [first] = parsed.data?.choices ?? []
  if (!first) throw unavailable('it answered something else')
  return first.message.content
}

const unavailable = (why: string): Problem =>
  new Problem({
    code: 'assistant-unavailable',
    message: `The assistant does not answer: ${why}.`,
    remedy: 'Try again in a minute, or search the articles.',
    status: 503,
    retryable: true,
    retryAfterSeconds: 60,
  })
