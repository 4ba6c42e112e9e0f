import { jsonFault, Problem, textFault } from '../../core/index.ts'

/** The body of a call: bounded JSON of texts that every store takes. Some callers name JSON and send nothing. */
export function readJsonBody(
  _request: unknown,
  body: string | Buffer,
  done: (error: Error | null, value?: unknown) => void,
): unknown {
  if (body === '') return done(null, undefined)
  try {
    const value: unknown = JSON.parse(String(body))
    const fault = jsonFault(value)
    if (fault) {
      return done(
        new Problem({
          code: 'bad-body',
          message: `The body ${fault}.`,
          remedy: 'Send what the call describes; GET /openapi.json has it.',
        }),
      )
    }
    const text = textFault(value)
    if (!text) return done(null, value)
    return done(
      new Problem({
        code: 'bad-text',
        message: `${text.path || 'The body'} ${text.fault}.`,
        remedy: 'Leave it out; of those, a text may have tabs and line breaks.',
        status: 422,
        ...(text.path ? { concerns: text.path } : {}),
      }),
    )
  } catch (error) {
    return done(
      new Problem({
        code: 'bad-json',
        message: `The body is no JSON: ${(error as Error).message}.`,
        remedy: 'Send one JSON document.',
      }),
    )
  }
}
