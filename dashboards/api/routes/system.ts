import { z } from 'zod'
import { isSecret, settingNames } from '../../../core/index.ts'
import { readingSchema } from '../../../ingest/index.ts'
import { answers } from '../answers/index.ts'
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
  app.get(
    '/healthz',
    {
      schema: {
        summary: 'Is the process alive?',
        tags: ['system'],
        security: [],
        response: { 200: answers['GET /healthz'] },
      },
    },
    () => ({
      ok: true,
    }),
  )
  app.get(
    '/readyz',
    {
      schema: {
        summary: 'Does it take work?',
        tags: ['system'],
        security: [],
        response: { 200: answers['GET /readyz'], 503: answers['GET /readyz'] },
      },
    },
    async (_request, reply) => reply.code(context.ready() ? 200 : 503).send({ ready: context.ready() }),
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
    // Each named schema comes once more as what is sent; nothing of that kind is.
    const named = Object.entries(document.components?.schemas ?? {}).filter(([name]) => !name.endsWith('Input'))
    // What appliances publish is generated from the catalog, like its check.
    const schemas = { ...Object.fromEntries(named), ...readings }
    return { ...document, components: { ...document.components, schemas } }
  })
  app.get(
    '/api/catalog',
    {
      schema: {
        summary: 'Kinds, metrics, units, failure modes, parts',
        tags: ['system'],
        response: { 200: answers['GET /api/catalog'] },
      },
    },
    () => ({
      items: [...catalog.kinds.values()].map(({ metricIndex: _, ...kind }) => kind),
      any: Object.fromEntries(
        ['unknown', 'silent', 'sensor-stuck'].map((mode) => [mode, catalog.failureMode('', mode)]),
      ),
    }),
  )
  app.get(
    '/api/connection',
    {
      schema: {
        summary: 'Where appliances connect, and the key that browsers subscribe with',
        tags: ['system'],
        response: { 200: answers['GET /api/connection'] },
      },
    },
    async () => ({
      mqttPort: settings.MQTT_PORT,
      mqttsPort: settings.TLS_CERT ? settings.MQTTS_PORT : null,
      pushPublicKey: context.pushPublicKey,
    }),
  )
  app.get(
    '/api/settings',
    {
      schema: {
        summary: 'Settings in force, and where each comes from',
        tags: ['system'],
        response: { 200: answers['GET /api/settings'] },
      },
    },
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
        from: process.env[name] ? ('environment' as const) : ('default' as const),
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
