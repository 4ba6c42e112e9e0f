import { createGunzip, type Gunzip } from 'node:zlib'
import type { RequestPayload } from 'fastify'
import { z } from 'zod'
import { idSchema, MAX_NAME } from '../../../../core/index.ts'
import { encodeOtlpAnswer } from '../../../../mapping/index.ts'
import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'

const name = z.string().min(1).max(MAX_NAME)
const wantedSchema = z.object({
  source: name,
  format: name,
  device: z.string().min(1).max(1_024),
  appliance: idSchema,
  kind: z.string().min(1).max(64),
  model: name.default('mapped'),
  values: z
    .array(
      z.object({
        value: z.string().min(1).max(512),
        metric: name,
        unit: name.optional(),
        counter: z.boolean().optional(),
        deadband: z.number().min(0).optional(),
      }),
    )
    .min(1)
    .max(64),
})

/** Other people's topics as appliances: what is heard, what is mapped. */
export function mappingRoutes(app: Api, context: Pick<ApiContext, 'mapping' | 'otlp'>): void {
  heardRoute(app, context)
  mapRoutes(app, context)
  sourceRoutes(app, context)
  otlpRoute(app, context)
}
const tags = ['mapping']

function heardRoute(app: Api, { mapping }: Pick<ApiContext, 'mapping'>): void {
  app.get(
    '/api/mapping',
    {
      schema: {
        summary: 'What was heard on topics that are none of the contract’s, the last first, and what is mapped',
        tags,
        response: { 200: answers['GET /api/mapping'] },
      },
    },
    () => ({
      formats: mapping.formats().map(({ format, source }) => ({ format, source })),
      sources: mapping.sources(),
      leftOut: [...mapping.leftOut()],
      devices: mapping.devices().map((heard) => {
        const { source, format, device, count, lastAt, topics, values, fault } = heard
        const bound = mapping.bindingsOf(heard)
        return {
          source,
          format,
          device,
          count,
          lastAt,
          topics,
          ...(fault === undefined ? {} : { fault }),
          values: [...values].map(([value, { last }]) => {
            const hint = mapping.hintOf(format, value)
            const mapped = bound.find((one) => one.value === value)
            return {
              value,
              last,
              counter: hint?.counter ?? false,
              ...(hint?.unit === undefined ? {} : { unit: hint.unit }),
              ...(hint?.metric === undefined ? {} : { suggests: hint.metric }),
              ...(mapped ? { appliance: mapped.appliance, metric: mapped.metric } : {}),
            }
          }),
        }
      }),
    }),
  )
}

function mapRoutes(app: Api, { mapping }: Pick<ApiContext, 'mapping'>): void {
  app.post(
    '/api/mapping/preview',
    {
      schema: {
        summary: 'How the last 20 messages of a device would read',
        tags,
        body: wantedSchema,
        response: { 200: answers['POST /api/mapping/preview'] },
      },
    },
    async ({ body }) => mapping.preview(body),
  )
  app.post(
    '/api/mapping',
    {
      schema: {
        summary: 'Map values of a device to an appliance, which is registered where it is not yet',
        tags,
        body: wantedSchema,
        response: { 201: answers['POST /api/mapping'] },
      },
    },
    async ({ body }, reply) => {
      await mapping.map(body)
      return reply.code(201).send({ appliance: body.appliance, values: body.values.length })
    },
  )
  app.delete(
    '/api/mapping/:appliance',
    {
      schema: {
        summary: 'Unmap what is mapped to an appliance; it stays registered',
        tags,
        params: z.object({ appliance: idSchema }),
        response: { 200: answers['DELETE /api/mapping/:appliance'] },
      },
    },
    async ({ params }) => {
      await mapping.unmap(params.appliance)
      return { ok: true }
    },
  )
}

function sourceRoutes(app: Api, { mapping }: Pick<ApiContext, 'mapping'>): void {
  app.post(
    '/api/mapping/sources',
    {
      schema: {
        summary: 'A gateway that may publish to any topic: a plug, a hub, the bridge of a broker',
        tags,
        body: z.object({ id: idSchema }),
        response: { 201: answers['POST /api/mapping/sources'] },
      },
    },
    async ({ body: { id } }, reply) => {
      const password = await mapping.openSource(id)
      return reply.code(201).send({ id, mqtt: { username: id, ...(password === undefined ? {} : { password }) } })
    },
  )
}

const PROTOBUF = 'application/x-protobuf'

/** OTLP/HTTP: JSON or protobuf, packed by gzip or not; each is answered in its own. */
function otlpRoute(app: Api, { otlp }: Pick<ApiContext, 'otlp'>): void {
  app.addContentTypeParser(PROTOBUF, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.post(
    '/v1/metrics',
    {
      schema: {
        summary:
          'Metrics of OpenTelemetry (OTLP/HTTP, protobuf or JSON): answered when what is mapped of them is on disk',
        tags,
        body: z.unknown(),
        response: { 200: answers['POST /v1/metrics'] },
      },
      preParsing: async ({ headers }, _reply, payload) =>
        headers['content-encoding'] === 'gzip' ? unpacked(payload) : payload,
      onSend: async ({ body }, reply, answer) => {
        if (!Buffer.isBuffer(body) || reply.statusCode !== 200 || typeof answer !== 'string') return answer
        reply.type(PROTOBUF)
        return encodeOtlpAnswer(JSON.parse(answer) as object)
      },
    },
    async ({ body }) => {
      const { rejected } = await otlp(body)
      if (rejected === 0) return {}
      const errorMessage = 'These came without a device (service.instance.id, host.name or service.name) or a number.'
      return { partialSuccess: { rejectedDataPoints: rejected, errorMessage } }
    },
  )
}

/** What was packed may be no longer than what was not: the limit of a body counts what comes out. */
function unpacked(packed: RequestPayload): RequestPayload {
  const plain: Gunzip & { receivedEncodedLength?: number } = createGunzip()
  plain.receivedEncodedLength = 0
  packed.on('data', (bytes: Buffer) => {
    plain.receivedEncodedLength = (plain.receivedEncodedLength ?? 0) + bytes.length
  })
  packed.on('error', (error) => plain.destroy(error))
  return packed.pipe(plain)
}
