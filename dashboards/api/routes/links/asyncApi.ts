import { z } from 'zod'
import { brokerLimits, commandAckSchema, MOST_EXPIRY_SECONDS } from '../../../../broker/index.ts'
import type { Catalog } from '../../../../catalog/index.ts'
import { eventSchema, MAX_READINGS, readingSchema, statusSchema } from '../../../../ingest/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'

/** What appliances publish and hear, for whoever writes one. */
export function asyncApiRoutes(
  app: Api,
  { catalog, settings, publicUrl }: Pick<ApiContext, 'catalog' | 'settings' | 'publicUrl'>,
): void {
  app.get('/asyncapi.json', { schema: { hide: true } }, () => {
    const { MQTT_PORT, MQTTS_PORT, TLS_CERT } = settings
    const secure = TLS_CERT ? MQTTS_PORT : undefined
    return asyncApi(catalog, new URL(publicUrl).hostname, { plain: MQTT_PORT, secure })
  })
}

type Direction = 'receive' | 'send'
/** The topics of the contract below `appliances/{kind}/{id}/`, as the server sees them. */
const topics = [
  { name: 'telemetry', rest: 'telemetry', direction: 'receive', about: 'A reading, or 1 to 1,000 of them' },
  {
    name: 'event',
    rest: 'event',
    direction: 'receive',
    about: 'Something happened: an error code, a program, a burst',
  },
  { name: 'status', rest: 'status', direction: 'receive', about: 'It is on, or off on purpose; also the last will' },
  { name: 'command', rest: 'command', direction: 'send', about: 'What the appliance is asked to do, until it expires' },
  { name: 'commandAck', rest: 'command/ack', direction: 'receive', about: 'What became of a command' },
] as const satisfies readonly { name: string; rest: string; direction: Direction; about: string }[]

const commandSchema = z.object({
  id: z.string(),
  type: z.string(),
  params: z.looseObject({}),
  expires: z.int().describe('Milliseconds since the epoch, UTC: it is worth nothing then'),
})
/** What MQTT 5 says beside a payload, by the bindings of AsyncAPI (0.2.0). */
const VERSION = { bindingVersion: '0.2.0' }
const EXPIRES = {
  messageExpiryInterval: { type: 'integer', minimum: 1, description: 'Seconds; it never arrives later' },
}
const beside: Partial<Record<(typeof topics)[number]['name'], object>> = {
  event: {
    headers: {
      type: 'object',
      description: 'User properties of MQTT 5: they are part of the event',
      additionalProperties: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
    },
  },
  command: {
    contentType: 'application/json',
    bindings: {
      mqtt: {
        ...VERSION,
        payloadFormatIndicator: 1,
        contentType: 'application/json',
        responseTopic: { type: 'string', description: 'Where it is answered: appliances/{kind}/{id}/command/ack' },
        correlationData: { type: 'string', description: 'The id of the command' },
      },
    },
  },
  commandAck: {
    bindings: {
      mqtt: {
        ...VERSION,
        correlationData: {
          type: 'string',
          description: 'The id of the command; an answer that bears it needs none within',
        },
      },
    },
  },
}
const sent = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })

/**
 * What appliances publish and hear, as AsyncAPI 3.0: made from the schemas that the door and the ingest stage check by, so
 * it cannot say anything else.
 * @param ports of MQTT; the secure one where there is a certificate
 */
export function asyncApi(catalog: Catalog, host: string, ports: { plain: number; secure: number | undefined }) {
  const kinds = [...catalog.kinds.values()]
  const readings = kinds.map((kind) => [`${kind.kind}Reading`, sent(readingSchema(kind))] as const)
  const anyReading = { anyOf: readings.map(([name]) => ({ $ref: `#/components/schemas/${name}` })) }
  const payloads: Record<(typeof topics)[number]['name'], object> = {
    telemetry: {
      anyOf: [...anyReading.anyOf, { type: 'array', minItems: 1, maxItems: MAX_READINGS, items: anyReading }],
    },
    event: sent(eventSchema),
    status: sent(statusSchema),
    command: sent(commandSchema),
    commandAck: sent(commandAckSchema),
  }
  const server = (port: number, protocol: string) => ({
    host: `${host}:${port}`,
    protocol,
    description: 'MQTT 5, 3.1.1 and 3.1. The client id is the user name is the id of the appliance or gateway.',
    security: [{ $ref: '#/components/securitySchemes/device' }],
    bindings: {
      mqtt: {
        ...VERSION,
        sessionExpiryInterval: { type: 'integer', minimum: 0, maximum: MOST_EXPIRY_SECONDS },
        maximumPacketSize: brokerLimits.packetBytes,
      },
    },
  })
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Hearthwatch, what appliances say and hear',
      version: '1.0.0',
      description: 'A PUBACK (QoS 1) means that the message is on disk, synced.',
    },
    defaultContentType: 'application/json',
    servers: {
      mqtt: server(ports.plain, 'mqtt'),
      ...(ports.secure === undefined ? {} : { mqtts: server(ports.secure, 'mqtts') }),
    },
    channels: Object.fromEntries(
      topics.map(({ name, rest, about }) => [
        name,
        {
          address: `appliances/{kind}/{id}/${rest}`,
          description: about,
          parameters: {
            kind: { description: 'Of the catalog', enum: kinds.map(({ kind }) => kind) },
            id: { description: 'Of the appliance: 1 to 64 of A–Z a–z 0–9 _ -' },
          },
          messages: { [name]: { $ref: `#/components/messages/${name}` } },
        },
      ]),
    ),
    operations: Object.fromEntries(
      topics.map(({ name, direction, about }) => [
        name,
        {
          action: direction,
          summary: about,
          channel: { $ref: `#/channels/${name}` },
          messages: [{ $ref: `#/channels/${name}/messages/${name}` }],
          bindings: { mqtt: { ...VERSION, qos: 1, retain: false, ...(name === 'command' ? EXPIRES : {}) } },
          ...(name === 'command' ? { reply: { channel: { $ref: '#/channels/commandAck' } } } : {}),
        },
      ]),
    ),
    components: {
      messages: Object.fromEntries(
        topics.map(({ name }) => [
          name,
          { name, payload: { $ref: `#/components/schemas/${name}Payload` }, ...beside[name] },
        ]),
      ),
      schemas: {
        ...Object.fromEntries(readings),
        ...Object.fromEntries(Object.entries(payloads).map(([name, schema]) => [`${name}Payload`, schema])),
      },
      securitySchemes: { device: { type: 'userPassword', description: 'Shown once at registration' } },
    },
  }
}
