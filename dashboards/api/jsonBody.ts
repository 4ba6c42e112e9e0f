import { jsonFault, Problem, textFault } from '../../core/index.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * The body of a call: bounded JSON of texts that every store takes, in UTF-8, as JSON always is, whatever the call says of
 * its letters; a byte order mark counts for nothing. Some callers name JSON and send nothing.
 */
export function readJsonBody(
  _request: unknown,
  body: Buffer,
  done: (error: Error | null, value?: unknown) => void,
): unknown {
  let sent: string
  try {
    sent = utf8.decode(body)
  } catch {
    return done(
      new Problem({
        code: 'bad-json',
        message: 'The body is not UTF-8: some of its letters would be others.',
        remedy: 'Send it in UTF-8.',
      }),
    )
  }
  if (sent === '') return done(null, undefined)
  try {
    const value: unknown = JSON.parse(sent)
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
