import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Problem } from '../../../core/index.ts'
import type { ApiContext } from '../apiContext.ts'

const named = z.object({ kind: z.string().optional(), failureMode: z.string().optional() })
/** What is wrong by a rule that names no mode: of that rule, which may be gone. */
const BY_RULE = /^rule-./

/**
 * A kind or a failure mode that a query names must be one: an answer of zeros, or an empty list, would say that nothing ever
 * failed so. Kinds of appliances that are registered count, whatever became of their file.
 * @throws Problem `unknown-kind`, `unknown-failure-mode`
 */
export const knownNames =
  ({ catalog, registry }: Pick<ApiContext, 'catalog' | 'registry'>) =>
  async ({ query }: FastifyRequest): Promise<void> => {
    const { success, data } = named.safeParse(query)
    if (!success) return
    const { kind, failureMode } = data
    const of = kind ? catalog.kinds.get(kind) : undefined
    const isGone = !!kind && !of && registry.all().some((one) => one.kind === kind)
    // It says which there are.
    if (kind && !of && !isGone) catalog.kind(kind)
    if (!failureMode || isGone || BY_RULE.test(failureMode)) return
    const known = of ? [of.kind] : [...catalog.kinds.keys()]
    const unknown = catalog.failureMode('', 'unknown')
    if (failureMode === 'unknown' || known.some((one) => catalog.failureMode(one, failureMode) !== unknown)) return
    throw new Problem({
      code: 'unknown-failure-mode',
      message: `${of ? `A ${kind}` : 'No kind'} has ${of ? 'no' : 'a'} failure mode '${failureMode}'.`,
      remedy: 'GET /api/catalog lists the modes of each kind.',
      concerns: 'querystring/failureMode',
      status: 422,
    })
  }
