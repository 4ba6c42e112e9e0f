import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { answers, otherMedia } from './answers/index.ts'
import { problem } from './answers/shared.ts'

/** Every call may be refused. */
const refused = { content: { 'application/problem+json': { schema: problem } } }
const refusals = { '4xx': refused, '5xx': refused }
const described: ReadonlyMap<string, z.ZodType> = new Map(Object.entries(answers))
const media: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(otherMedia))

/** A route as it is declared. */
interface Declared {
  method: string | string[]
  url: string
  schema?: { response?: unknown }
}

/**
 * Each call declares what the table of answers says of it; that it may be refused is added.
 * @throws where it does not, and nothing starts
 */
export function requireAnswer({ method, url, schema }: Declared): void {
  for (const one of [method].flat()) {
    const call = `${one} ${url}`
    const answer = described.get(call)
    const declared = schema?.response ?? {}
    if (answer && (!schema || !Object.values(declared).includes(answer)))
      throw new Error(`${call} does not declare the answer that dashboards/api/answers/ has for it`)
    if (schema && answer) schema.response = { ...refusals, ...declared }
    const types = media.get(call) ?? []
    if (schema && types.length > 0) schema.response = { ...refusals, 200: { content: contentOf(types) } }
  }
}
const contentOf = (types: readonly string[]) => Object.fromEntries(types.map((type) => [type, { schema: z.string() }]))

/** How zod's schemas are written down: clients may be told more one day, so no answer forbids it. */
const zodToJsonConfig: NonNullable<Parameters<typeof createJsonSchemaTransform>[0]['zodToJsonConfig']> = {
  override({ jsonSchema }) {
    if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
    // That a list is not changed here says nothing of what is sent.
    delete jsonSchema.readOnly
  },
}
export const describeRoute = createJsonSchemaTransform({ zodToJsonConfig })

/** Adds the schemas that have a name. */
export const describeNamed = createJsonSchemaTransformObject({ zodToJsonConfig })
