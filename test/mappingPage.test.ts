// The page of plugs and hubs, in real Chromium: a way in, what is heard, a preview, and an appliance by a click.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import mqtt, { type MqttClient } from 'mqtt'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumMissing, openChromium } from './chromium.ts'
import { eventually, newDataDir, type Program, removeDataDir, startProgram } from './program.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

describe.skipIf(chromiumMissing())('plugs and hubs', () => {
  let dataDir: string
  let program: Program
  let browser: Browser
  let page: Page
  let plug: MqttClient | undefined
  const faults: string[] = []
  beforeAll(async () => {
    dataDir = await newDataDir()
    program = await startProgram(dataDir)
    browser = await openChromium()
    page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' })).newPage()
    page.setDefaultTimeout(20_000)
    page.on('pageerror', (error) => faults.push(String(error)))
  }, 180_000)
  afterAll(async () => {
    plug?.end(true)
    await browser?.close()
    await program?.stop()
    await removeDataDir(dataDir)
  })

  test('a plug is let in, heard, previewed and mapped', { timeout: 120_000 }, async () => {
    await page.goto(/sign in: (\S+)/.exec(program.output())?.[1] ?? '')
    await page.getByRole('button', { name: 'Later' }).click()
    await page.getByRole('heading', { name: 'Fleet' }).waitFor()
    await page.goto(`${program.url}/mapping`)
    await page.getByRole('heading', { level: 1, name: 'Plugs, hubs and other systems' }).waitFor()
    await page.getByLabel('Its client id').fill('kitchen-plug')
    await page.getByRole('button', { name: 'Open a way in' }).click()
    const shown = await page.getByText('client id kitchen-plug').textContent()
    const [, password = ''] = /Password (\S+)/i.exec(shown ?? '') ?? []
    plug = await mqtt.connectAsync(program.mqttUrl, {
      clientId: 'kitchen-plug',
      username: 'kitchen-plug',
      password,
      protocolVersion: 5,
      reconnectPeriod: 100,
    })
    const say = (Power: number) =>
      plug?.publishAsync('tele/fridge/SENSOR', JSON.stringify({ ENERGY: { Power, Total: 1.5 } }), { qos: 1 })
    await say(81)
    await page.getByRole('button', { name: 'Map', exact: true }).first().click()
    const form = page.getByRole('region', { name: 'Map fridge' })
    await form.getByRole('button', { name: 'Preview' }).click()
    await form.getByText('power 81').waitFor()
    await page.evaluate(axe)
    const serious = await page.evaluate(async () => {
      const { violations } = await (
        window as unknown as {
          axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> }
        }
      ).axe.run()
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 150)).join(' ')}`)
    })
    expect(serious).toEqual([])
    await form.getByRole('button', { name: 'Map', exact: true }).click()
    await page.getByRole('link', { name: 'fridge', exact: true }).waitFor()
    await eventually('the plug is back', async () => plug?.connected)
    await say(77)
    await eventually('its reading', async () => {
      const { lastReading } = await program.call<{ lastReading: { metrics: { power?: number } } | null }>(
        'GET',
        '/api/appliances/fridge',
      )
      return lastReading?.metrics.power === 77
    })
    await page.getByText('Set MQTT_URL to a broker at which appliances live', { exact: false }).waitFor()
    await page.setViewportSize({ width: 390, height: 844 })
    await page.waitForFunction(() => document.documentElement.scrollWidth <= window.innerWidth, undefined, {
      timeout: 5_000,
    })
    await page.getByRole('button', { name: 'Unmap fridge' }).click()
    const sure = page.getByRole('dialog', { name: 'Unmap' })
    await sure.getByText('counts for fridge no more', { exact: false }).waitFor()
    await sure.getByRole('button', { name: 'Unmap' }).click()
    await page.getByRole('link', { name: 'fridge', exact: true }).waitFor({ state: 'detached' })
    expect(await program.call('GET', '/api/appliances/fridge')).toMatchObject({ id: 'fridge' })
    expect(faults).toEqual([])
  })
})
