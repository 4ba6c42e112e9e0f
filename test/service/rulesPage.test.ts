// The page of rules, in real Chromium, on the simulated fleet: written, previewed, armed, as often as it was foreseen, withdrawn.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Alert, DAY, HOUR, MINUTE, type RulePreview } from '../../core/index.ts'
import { chromiumMissing, openChromium } from '../chromium.ts'
import { eventually, newDataDir, type Program, quiet, removeDataDir, startProgram } from '../program.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

describe.skipIf(chromiumMissing())('the page of rules', () => {
  let dataDir: string
  let program: Program
  let browser: Browser
  let page: Page
  const faults: string[] = []
  const simulator = () =>
    program.call<{ now: number; paused: boolean; opening?: true; lapse?: object }>('GET', '/api/simulator')
  beforeAll(async () => {
    dataDir = await newDataDir()
    program = await startProgram(dataDir, { SIMULATE: '9', SIMULATE_DAYS: '4' })
    const isOver = async () => !(await simulator()).opening && !(await simulator()).lapse
    await eventually('the end of the time-lapse', isOver, 400_000)
    browser = await openChromium()
    page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' })).newPage()
    page.setDefaultTimeout(30_000)
    page.on('pageerror', (error) => faults.push(String(error)))
  }, 600_000)
  afterAll(async () => {
    await browser?.close()
    await program?.stop()
    await removeDataDir(dataDir)
  })
  const choose = async (form: Locator, label: string, option: string): Promise<void> => {
    await form
      .getByRole('combobox', { name: label, exact: true })
      .or(form.getByRole('textbox', { name: label, exact: true }))
      .first()
      .click()
    await page.getByRole('option', { name: option, exact: true }).click()
  }
  /** The world goes on so far, and stands still. */
  const pass = async (ms: number): Promise<number> => {
    await program.call('PATCH', '/api/simulator', { until: Math.round((await simulator()).now + ms) })
    await eventually('later', async () => (await simulator()).paused, 200_000)
    await quiet(program)
    return (await simulator()).now
  }

  test('a rule is written by form, previewed, armed; it speaks as often as it would have, and is withdrawn', {
    timeout: 600_000,
  }, async () => {
    await page.goto(/sign in: (\S+)/.exec(program.output())?.[1] ?? '')
    await page.getByRole('button', { name: 'Later' }).click()
    await page.getByRole('heading', { name: 'Fleet' }).waitFor()
    await page.goto(`${program.url}/rules`)
    await page.getByRole('heading', { level: 1, name: 'Rules' }).waitFor()
    await page.getByRole('button', { name: 'Write a rule' }).click()
    const form = page.getByRole('form', { name: 'New rule' })
    await form.getByLabel('Short name').fill('long-run')
    await form.getByLabel('Name, English').fill('A long run')
    await form.getByLabel('Name, Chinese').fill('运行过久')
    await form.getByLabel('What the owner reads, English').fill('It ran for long.')
    await form.getByLabel('What the owner reads, Chinese').fill('运行时间较长。')
    await choose(form, 'Kind', 'Fridge')
    await choose(form, 'Metric', 'Power')
    await form.getByLabel('Limit', { exact: true }).fill('40')
    await form.getByLabel('Must hold for (min)').fill('15')
    await choose(form, 'Severity', 'info')
    await form.getByRole('button', { name: 'Save' }).click()
    const card = page.getByRole('region', { name: 'A long run' })
    await card.getByText('draft').waitFor()
    expect(await card.getByRole('button', { name: 'Arm' }).count()).toBe(0)
    await card.getByRole('button', { name: 'Preview 90 days' }).click()
    const told = card.getByText(/In the last 90 days it would/)
    await told.waitFor()
    expect(await told.textContent()).toMatch(/spoken [1-9]\d* times, of \d of \d appliances/)
    await page.evaluate(axe)
    const serious = await page.evaluate(async () => {
      const { violations } = await (
        window as unknown as {
          axe: { run(of: string): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> }
        }
      ).axe.run('main')
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 150)).join(' ')}`)
    })
    expect(serious).toEqual([])
    await program.call('PATCH', '/api/simulator', { paused: true })
    await quiet(program)
    const armedAt = (await simulator()).now
    await card.getByRole('button', { name: 'Arm' }).click()
    await card.getByText('armed', { exact: true }).first().waitFor()
    await quiet(program)
    await pass(DAY)
    const { items } = await program.call<{ items: Alert[] }>('GET', '/api/alerts?limit=1000')
    const said = items.filter(({ detector }) => detector === 'rule/long-run@1')
    const preview = await program.call<RulePreview>('POST', '/api/rules/long-run/preview', { days: 2 })
    // What held already when it was armed it knows from there on alone.
    const from = armedAt + HOUR
    const foreseen = preview.examples.filter(({ at }) => at > from)
    expect(foreseen.length).toBeGreaterThan(0)
    expect(preview.firings).toBeLessThan(200)
    const spoke = said.filter(({ openedAt = 0 }) => openedAt > from)
    const counted = (all: { appliance: string }[]) =>
      Object.fromEntries([...Map.groupBy(all, ({ appliance }) => appliance)].map(([id, of]) => [id, of.length]))
    expect(counted(spoke)).toEqual(counted(foreseen))
    // A reading that came too late to be scored is seen by the preview alone: it may be a minute or two ahead.
    for (const { appliance, openedAt = 0 } of spoke)
      expect(foreseen.some((one) => one.appliance === appliance && Math.abs(one.at - openedAt) <= 5 * MINUTE)).toBe(
        true,
      )
    await page.reload()
    await card.getByRole('button', { name: 'Withdraw' }).click()
    await card.getByText('withdrawn', { exact: true }).first().waitFor()
    await quiet(program)
    const before = said.length
    await pass(DAY / 2)
    const after = await program.call<{ items: Alert[] }>('GET', '/api/alerts?limit=1000')
    expect(after.items.filter(({ detector }) => detector === 'rule/long-run@1')).toHaveLength(before)
    await page.goto(`${program.url}/outreach`)
    await page.getByRole('heading', { level: 1, name: 'Reminders and campaigns' }).waitFor()
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(`${program.url}/rules`)
    await card.waitFor()
    await page.waitForFunction(() => document.documentElement.scrollWidth <= window.innerWidth, undefined, {
      timeout: 5_000,
    })
    expect(faults).toEqual([])
  })
})
