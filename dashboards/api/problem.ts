import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { Problem } from '../../core/index.ts'
import { databaseProblem } from '../../database/index.ts'
import { routePermissions } from './routePermissions.ts'

/** An RFC 9457 problem document. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const { headers, raw } = reply.request
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
  // Whatever it still sends is not read.
  if (hasBody && !raw.complete) reply.header('connection', 'close')
  if (problem.retryAfterSeconds !== undefined) reply.header('retry-after', problem.retryAfterSeconds)
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .send({
      type: `https://hearthwatch.invalid/problems/${problem.code}`,
      title: problem.message,
      status: problem.status,
      detail: problem.remedy,
      code: problem.code,
      ...(problem.concerns ? { concerns: problem.concerns } : {}),
      ...(problem.because ? { because: problem.because } : {}),
      ...(problem.retryable ? { retryable: true } : {}),
    })
}

/** What zod says of one place; of a union, what each of its alternatives does. */
interface Issue {
  path: readonly PropertyKey[]
  message: string
  errors?: Issue[][]
}

/**
 * The field that is wrong. Of a union the alternative that was followed furthest was meant: the others say only that it is
 * no such thing at all.
 */
function innermost({ path, message, errors = [] }: Issue): { path: string[]; message: string } {
  const deepest = errors
    .flatMap(([first]) => (first ? [innermost(first)] : []))
    .reduce<{ path: string[]; message: string } | undefined>(
      (best, one) => (best && best.path.length >= one.path.length ? best : one),
      undefined,
    )
  const own = path.map(String)
  return deepest && deepest.path.length > 0
    ? { path: [...own, ...deepest.path], message: deepest.message }
    : { path: own, message }
}

/** Every failure leaves as a problem document; ours are logged, and say no more than that. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: Error & { statusCode?: number; code?: string }, request, reply) => {
    const problem = databaseProblem(error)
    if (problem instanceof Problem) return sendProblem(reply, problem)
    if (hasZodFastifySchemaValidationErrors(error)) {
      const [first] = error.validation
      const issue = innermost({
        path: (first?.instancePath ?? '').split('/').filter(Boolean),
        message: first?.message ?? 'does not fit',
        ...first?.params,
      })
      const where = [error.validationContext ?? 'request', ...issue.path].join('/')
      return sendProblem(
        reply,
        new Problem({
          code: 'bad-request',
          message: `${where}: ${issue.message}.`,
          remedy: 'Correct it as GET /openapi.json describes the call.',
          concerns: where,
        }),
      )
    }
    const status = error.statusCode ?? 500
    if (status < 500) {
      return sendProblem(
        reply,
        new Problem({
          code: (error.code ?? 'bad-request').toLowerCase().replaceAll('_', '-'),
          message: error.message,
          remedy:
            status === 429 ? 'Wait a little and try again.' : 'Correct the call as GET /openapi.json describes it.',
          status,
        }),
      )
    }
    request.log.error(error)
    return sendProblem(
      reply,
      new Problem({
        code: 'internal-error',
        message: 'Something of ours went wrong.',
        remedy: 'Try again; if it stays, the log has the details under this request id.',
        concerns: String(request.id),
        status: 500,
      }),
    )
  })
  app.setNotFoundHandler((request, reply) => {
    if (isOfPerson(request) && app.hasReplyDecorator('sendFile'))
      // The application says it in their language, and knows the way back.
      return reply.code(404).header('cache-control', 'no-store').sendFile('index.html', { cacheControl: false })
    const methods = methodsOf(request.url)
    if (methods.length > 0) reply.header('allow', methods.join(', '))
    return sendProblem(
      reply,
      new Problem({
        code: methods.length > 0 ? 'other-method' : 'no-such-call',
        message: `There is no ${request.method} ${request.url}.`,
        remedy:
          methods.length > 0 ? `This path takes ${methods.join(' and ')}.` : 'GET /openapi.json lists every call.',
        status: methods.length > 0 ? 405 : 404,
      }),
    )
  })
}

const segmentsOf = (path: string): string[] => path.split('/')
const known = Object.keys(routePermissions).map((call) => {
  const [method = '', route = ''] = call.split(' ')
  return { method, segments: segmentsOf(route) }
})

/** By which a path may be called: `GET`, `HEAD` with it, … */
function methodsOf(url: string): string[] {
  const path = segmentsOf(url.split('?', 1)[0] ?? '')
  const fits = (segments: string[]): boolean =>
    segments.length === path.length && segments.every((one, i) => one === path[i] || (one.startsWith(':') && path[i]))
  const methods = known.filter(({ segments }) => fits(segments)).map(({ method }) => method)
  return [...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))].toSorted()
}

/** Somebody typed an address into a browser: no program asks for HTML first. */
const isOfPerson = ({ method, url, headers }: FastifyRequest): boolean =>
  method === 'GET' && !url.startsWith('/api/') && (headers.accept ?? '').startsWith('text/html')
