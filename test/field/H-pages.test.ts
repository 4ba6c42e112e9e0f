// FIELD H in real Chromium: the sign-in leads to our own pages alone, and an appliance's page speaks of its quota.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumMissing, openChromium } from '../chromium.ts'
import { connectAppliance, newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'

const PASSWORD = 'correct horse battery'

describe.skipIf(chromiumMissing())('H at the page', () => {
  let dataDir: string
  let program: Program
  let browser: Browser
  beforeAll(async () => {
    dataDir = await newDataDir()
    program = await startProgram(dataDir, { ADMIN_PASSWORD: PASSWORD, APPLIANCE_MESSAGES_PER_HOUR: '5' })
    browser = await openChromium()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await program?.stop()
    await removeDataDir(dataDir)
  })

  async function signIn(page: Page, to: string): Promise<void> {
    await page.goto(`${program.url}/sign-in?to=${encodeURIComponent(to)}`)
    await page.locator('input[name=name]').fill('admin')
    await page.locator('input[name=password]').fill(PASSWORD)
    await page.locator('button[type=submit]').click()
  }

  test.each([
    ['/\\evil.example', '/'],
    ['//evil.example/x', '/'],
    ['/%09/evil.example', '/%09/evil.example'],
    ['/\t/evil.example', '/'],
    ['https://evil.example/', '/'],
    ['javascript:alert(1)', '/'],
    ['/tickets?state=new', '/tickets'],
  ])(
    'after the sign-in ?to=%s stays with us, at %s',
    async (to, path) => {
      const context = await browser.newContext({ locale: 'en-GB' })
      const left: string[] = []
      // Whatever leads elsewhere is seen, and goes nowhere.
      await context.route(
        (url) => url.origin !== program.url,
        (route) => {
          left.push(route.request().url())
          return route.abort()
        },
      )
      const page = await context.newPage()
      await signIn(page, to)
      await page.waitForURL((url) => url.pathname === path)
      expect(new URL(page.url()).origin).toBe(program.url)
      expect(left).toEqual([])
      await context.close()
    },
    60_000,
  )

  test('the page of an appliance near its quota, and of one over it, says so in both languages', async () => {
    const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
      id: 'p1',
      kind: 'fridge',
      model: 'M',
    })
    const client = await connectAppliance(program, 'p1', mqtt.password)
    const say = (i: number) =>
      client.publishAsync(
        'appliances/fridge/p1/telemetry',
        JSON.stringify({ ts: Date.now() - i, metrics: { cabinetTemp: 4 } }),
        { qos: 1 },
      )
    for (let i = 0; i < 4; i++) await say(i)
    const said = async (locale: string): Promise<string> => {
      const context = await browser.newContext({ locale })
      const page = await context.newPage()
      await signIn(page, '/appliances/p1')
      const text = (await page.getByRole('alert').filter({ hasText: /MiB/ }).textContent()) ?? ''
      await context.close()
      return text
    }
    expect(await said('en-GB')).toMatch(/nearly as much as one appliance may.*4 of 5 messages/s)
    for (let i = 4; i < 8; i++) void say(i).catch(() => undefined)
    expect(await said('en-GB')).toMatch(/is held back.*5 of 5 messages.*3 messages wait/s)
    expect(await said('zh-CN')).toMatch(/正在限速.*3 条消息正在等待/s)
    await client.endAsync(true)
  }, 90_000)
})
