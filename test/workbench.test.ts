// The signals of an appliance as a workbench: a stretch in the address, by mouse and by keys, beside others, as a file, and as a rule.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../core/index.ts'
import { chromiumMissing, openChromium, seriousOn, watched } from './chromium.ts'
import { connectAppliance, newDataDir, type Program, quiet, removeDataDir, startProgram } from './program.ts'

const COUNT = 3_000
const FLEET = 6

describe.skipIf(chromiumMissing())('the workbench', () => {
  let dataDir: string
  let program: Program
  let browser: Browser
  let page: Page
  let newest: number
  beforeAll(async () => {
    dataDir = await newDataDir()
    program = await startProgram(dataDir)
    newest = Math.floor(Date.now() / MINUTE) * MINUTE
    const ids = Array.from({ length: FLEET }, (_, i) => ({ id: `f${i}`, kind: 'fridge', model: 'Polar' }))
    const made = await program.call<{ id: string; mqtt: { password: string } }[]>('POST', '/api/appliances', ids)
    for (const [f, { id, mqtt }] of made.entries()) {
      const client = await connectAppliance(program, id, mqtt.password)
      for (let i = 0; i < COUNT; i += 100) {
        const readings = Array.from({ length: 100 }, (_, k) => ({
          ts: newest - (COUNT - 1 - i - k) * MINUTE,
          metrics: { freezerTemp: -20 + f, power: 80 + 10 * f },
        }))
        await client.publishAsync(`appliances/fridge/${id}/telemetry`, JSON.stringify(readings), { qos: 1 })
      }
      await client.endAsync()
    }
    await quiet(program)
    browser = await openChromium()
    const context = await browser.newContext({
      locale: 'en-GB',
      viewport: { width: 1_280, height: 900 },
      extraHTTPHeaders: { authorization: `Bearer ${program.token}` },
    })
    page = await context.newPage()
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await program?.stop()
    await removeDataDir(dataDir)
  })
  const address = () => new URL(page.url()).searchParams
  const at = (name: string) => Number(address().get(name))
  const charts = () => page.getByRole('region', { name: /^Signals\. Arrow keys/ })
  const open = async (query = '') => {
    const seen = watched(page)
    await page.goto(`${program.url}/appliances/f0${query}`)
    await charts().waitFor()
    await seen()
  }

  test('a stretch is moved and zoomed by buttons and keys, stands in the address, and is there again when that is opened', async () => {
    await open()
    await page.getByRole('button', { name: 'Earlier' }).click()
    await expect.poll(() => at('to')).toBe(newest - 12 * HOUR)
    expect(at('to') - at('from')).toBe(24 * HOUR)
    await charts().focus()
    await page.keyboard.press('+')
    await expect.poll(() => at('to') - at('from')).toBe(12 * HOUR)
    expect((at('to') + at('from')) / 2).toBe(newest - 24 * HOUR)
    await page.keyboard.press('[')
    await expect.poll(() => (at('to') + at('from')) / 2).toBe(newest - 30 * HOUR)
    const kept = address().toString()
    await open(`?${kept}`)
    expect(address().toString()).toBe(kept)
    await page.getByRole('button', { name: 'Back to now' }).waitFor()
    await charts().focus()
    await page.keyboard.press('0')
    await expect.poll(() => address().has('from')).toBe(false)
    expect(await seriousOn(page)).toEqual([])
  }, 60_000)

  test('a mark with the mouse is a stretch of the address, and keys read the values under the cursor', async () => {
    await open()
    const box = await charts().locator('.u-over').first().boundingBox()
    const y = (box?.y ?? 0) + 20
    await page.mouse.move((box?.x ?? 0) + 40, y)
    await page.mouse.down()
    await page.mouse.move((box?.x ?? 0) + 140, y, { steps: 5 })
    await page.mouse.up()
    await expect.poll(() => at('to') - at('from')).toBeGreaterThan(HOUR)
    await open('?hours=6')
    await charts().focus()
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('ArrowLeft')
    const lines = charts().locator('.u-cursor-x')
    const shown = await lines.evaluateAll((all) => all.map((line) => line.style.transform))
    expect(new Set(shown).size).toBe(1)
    await page.keyboard.press('Shift+ArrowLeft')
    await expect.poll(() => lines.first().evaluate((line) => line.style.transform)).not.toBe(shown[0])
  }, 60_000)

  test('others stand beside it: the median of its model, or one by name', async () => {
    await open('?hours=6')
    await page.getByRole('combobox', { name: 'Compare with …' }).click()
    await page.getByRole('option', { name: 'Others like it (median)' }).click()
    await page.getByText('Dashed: the median of 5 of its model').waitFor()
    expect(address().get('beside')).toBe('like')
    // -19 to -15 beside its own -20.
    await charts().getByText(/-17/).waitFor()
    await open('?hours=6&beside=f4')
    await page.getByText('Dashed: f4').waitFor()
    await charts().getByText(/-16/).waitFor()
    expect(await seriousOn(page)).toEqual([])
  }, 60_000)

  test('what is seen is a file, and a rule begins with it', async () => {
    await open(`?from=${newest - 10 * MINUTE}&to=${newest + 1}`)
    await page.getByRole('button', { name: 'Export', exact: true }).click()
    const href = await page.getByRole('menuitem', { name: /^CSV/ }).getAttribute('href')
    const lines = (await (await page.request.get(`${program.url}${href}`)).text()).trimEnd().split('\r\n')
    expect(lines).toHaveLength(12)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'A rule from what is seen of Freezer temperature' }).click()
    await page.getByRole('menuitem', { name: /above -20.*the most seen here/ }).click()
    await page.getByRole('form').waitFor()
    const limit = page.getByRole('form').getByRole('textbox', { name: 'Limit' })
    expect(await limit.inputValue()).toMatch(/^[-−]20(?!\d)/)
  }, 60_000)
})
