import { z } from 'zod'
import { isSecret, settingNames } from '../../../core/index.ts'
import { readingSchema } from '../../../ingest/index.ts'
import type { ApiContext } from '../apiContext.ts'
import type { Api } from '../app.ts'

export function systemRoutes(
  app: Api,
  context: Pick<
    ApiContext,
    'catalog' | 'clock' | 'metrics' | 'policy' | 'publicUrl' | 'pushPublicKey' | 'ready' | 'settings' | 'world'
  >,
): void {
  const { catalog, settings, metrics, world, clock, policy } = context
  app.get('/healthz', { schema: { summary: 'Is the process alive?', tags: ['system'], security: [] } }, () => ({
    ok: true,
  }))
  app.get('/readyz', { schema: { summary: 'Does it take work?', tags: ['system'], security: [] } }, (_request, reply) =>
    reply.code(context.ready() ? 200 : 503).send({ ready: context.ready() }),
  )
  app.get('/metrics', { schema: { summary: 'Prometheus text', tags: ['system'] } }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.metrics()),
  )
  const readings = Object.fromEntries(
    [...catalog.kinds.values()].map((kind) => [
      `${kind.kind}-reading`,
      z.toJSONSchema(readingSchema(kind), { io: 'input' }),
    ]),
  )
  app.get('/openapi.json', { schema: { hide: true } }, () => {
    const document = app.swagger() as { components?: { schemas?: object } }
    // What appliances publish is generated from the catalog, like its check.
    return {
      ...document,
      components: { ...document.components, schemas: { ...document.components?.schemas, ...readings } },
    }
  })
  app.get(
    '/api/catalog',
    { schema: { summary: 'Kinds, metrics, units, failure modes, parts', tags: ['system'] } },
    () => ({
      items: [...catalog.kinds.values()].map(({ metricIndex: _, ...kind }) => kind),
      any: Object.fromEntries(
        ['unknown', 'silent', 'sensor-stuck'].map((mode) => [mode, catalog.failureMode('', mode)]),
      ),
    }),
  )
  app.get(
    '/api/connection',
    { schema: { summary: 'Where appliances connect, and the key that browsers subscribe with', tags: ['system'] } },
    async () => ({
      mqttPort: settings.MQTT_PORT,
      mqttsPort: settings.TLS_CERT ? settings.MQTTS_PORT : null,
      pushPublicKey: context.pushPublicKey,
    }),
  )
  app.get(
    '/api/settings',
    { schema: { summary: 'Settings in force, and where each comes from', tags: ['system'] } },
    async () => ({
      world: { name: world.name, clock: world.clock },
      now: clock.now(),
      mqttPort: settings.MQTT_PORT,
      mqttsPort: settings.TLS_CERT ? settings.MQTTS_PORT : null,
      publicUrl: context.publicUrl,
      pushPublicKey: context.pushPublicKey,
      settings: settingNames.map((name) => ({
        name,
        value: isSecret(name) ? (settings[name] ? '••••' : null) : masked(name, settings[name] ?? null),
        from: process.env[name] ? 'environment' : 'default',
      })),
      policy,
    }),
  )
}

/**
 * What of a setting anybody may read who is signed in. Of a webhook's address its server alone: its path and query are
 * what its receiver takes as a proof. Of any other URL all but the name and the password.
 */
function masked(name: string, value: unknown): unknown {
  if (typeof value !== 'string' || !URL.canParse(value)) return value
  const url = new URL(value)
  if (name === 'WEBHOOK_URL') return `${url.protocol}//${url.host}/••••`
  if (!value.includes('@')) return value
  if (url.username) url.username = '••••'
  if (url.password) url.password = '••••'
  return decodeURI(url.toString())
}
