// What docs/operations gives to a monitoring: rules by promtool, and every expression asked of a real Prometheus that scrapes us.
import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { connectAppliance, eventually, newDataDir, quiet, removeDataDir, startProgram } from './program.ts'
import { serverEnv, serverProgram, serversMissing, startPrometheus } from './servers/servers.ts'

const FOLDER = 'docs/operations'

interface Answer {
  status: string
  data: { result: unknown[] }
}

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
