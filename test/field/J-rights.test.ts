// FIELD J: what people are asked for on the telephone, and what is tidied up, has a place where they already are.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumMissing, openChromium, seriousOn } from '../chromium.ts'
import { newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'

const PASSWORD = 'correct horse battery'

describe.skipIf(chromiumMissing())('rights, and what is tidied up', () => {
  let dataDir: string
  let program: Program
  let assistant: Server
  let cited = ''
  let browser: Browser
  let context: BrowserContext
  let page: Page
  beforeAll(async () => {
    assistant = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        // It answers from the first article that it was given.
        cited = /Article (\S+):/.exec(JSON.parse(body).messages[0].content)?.[1] ?? ''
        const content = JSON.stringify({ answer: 'Its compressor turns slower or faster.', cites: [cited] })
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content } }] }))
      })
    })
    await new Promise<void>((resolve) => assistant.listen(0, '127.0.0.1', resolve))
    dataDir = await newDataDir()
    program = await startProgram(dataDir, {
      ADMIN_PASSWORD: PASSWORD,
      ASSISTANT_URL: `http://127.0.0.1:${(assistant.address() as AddressInfo).port}/v1`,
      ASSISTANT_MODEL: 'small',
    })
    const location = { lat: 48, lon: 14 }
    const owner = { name: 'Ada Lovelace', contact: 'ada@example.org', language: 'en' }
    const installedAt = Date.now() - 86_400_000
    for (const one of [
      { id: 'f1', owner, installedAt },
      { id: 'f2', tests: ['pull-down'] },
    ])
      await program.call('POST', '/api/appliances', { kind: 'fridge', model: 'Polar', location, ...one })
    await program.call('POST', '/api/engineers', {
      id: 'e1',
      name: 'Eva',
      location,
      grade: 'A+',
      skills: ['sealed-system', 'electrical', 'mechanical', 'general'],
    })
    await program.call('POST', '/api/accounts', { name: 'vera', password: PASSWORD, roles: ['viewer'] })
    browser = await openChromium()
    context = await signedIn('admin')
    page = await context.newPage()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await program?.stop()
    assistant?.close()
    await removeDataDir(dataDir)
  })
  async function signedIn(name: string): Promise<BrowserContext> {
    const one = await browser.newContext({ locale: 'en-GB', viewport: { width: 390, height: 844 } })
    const response = await one.request.post(`${program.url}/api/session`, { data: { name, password: PASSWORD } })
    expect(response.status()).toBe(200)
    return one
  }
  const sound = async (): Promise<void> => {
    // What fades in or out has no contrast meanwhile.
    await page.waitForFunction(() => !document.getAnimations().some((one) => one instanceof CSSTransition))
    expect(await seriousOn(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
  }
  const secretOf = async (path: string): Promise<string> =>
    `${program.url}/api${new URL((await program.call<{ link: string }>('GET', path)).link).pathname}`
  const rights = () =>
    page.locator('.mantine-Card-root').filter({ has: page.getByRole('heading', { name: 'Owner and rights' }) })

  test('an appliance says who would pay today, and what its owner says on the telephone is written down', async () => {
    await page.goto(`${program.url}/appliances/f1`)
    await page.getByRole('link', { name: /^The maker’s own: covered until / }).waitFor()
    const tips = rights().getByRole('switch', { name: 'Tips for its care' })
    expect(await tips.isChecked()).toBe(false)
    await tips.click({ force: true })
    await page.getByText('Saved.', { exact: true }).waitFor()
    const { now } = await program.call<{ now: { purpose: string; given: boolean; by?: string }[] }>(
      'GET',
      '/api/appliances/f1/consents',
    )
    expect(now.find(({ purpose }) => purpose === 'care-tips')).toMatchObject({ given: true, by: 'user:admin' })
    await rights()
      .getByText(/^since .* · admin$/)
      .waitFor()
    await sound()
  }, 60_000)

  test('whom its owner lets see it is listed, and ended when the owner asks for that', async () => {
    const own = await secretOf('/api/appliances/f1/own-page')
    const made = await fetch(`${own}/shares`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ scope: 'signals', days: 7 }),
    })
    const { path } = (await made.json()) as { path: string }
    const look = () => fetch(`${program.url}/api${path}`).then(({ status }) => status)
    expect(await look()).toBe(200)
    await page.reload()
    await rights()
      .getByText(/what it measures, until .* · looked at once/)
      .waitFor()
    await rights().getByRole('button', { name: 'End it' }).click()
    const sure = page.getByRole('dialog', { name: 'End it' })
    await sure.getByRole('button', { name: 'Cancel' }).click()
    expect(await look()).toBe(200)
    await rights().getByRole('button', { name: 'End it' }).click()
    await sure.getByRole('button', { name: 'End it' }).click()
    await rights()
      .getByText(/what it measures, ended/)
      .waitFor()
    expect(await look()).toBe(410)
  }, 60_000)

  test('the owner’s link is renewed, and the old one opens nothing', async () => {
    const old = await secretOf('/api/appliances/f1/owner-link')
    expect((await fetch(old)).status).toBe(200)
    await page.getByRole('main').getByRole('button', { name: 'More', exact: true }).click()
    await page.getByRole('menuitem', { name: 'New owner’s link' }).click()
    const sure = page.getByRole('dialog', { name: 'New owner’s link' })
    await sure.getByText('the one on its sticker too', { exact: false }).waitFor()
    await sound()
    await sure.getByRole('button', { name: 'New owner’s link' }).click()
    await page.getByText('The old links have ended', { exact: false }).waitFor()
    expect((await fetch(old)).status).toBe(404)
    expect((await fetch(await secretOf('/api/appliances/f1/owner-link'))).status).toBe(200)
  }, 60_000)

  test('after an erasure its report stays with the appliance, for whoever asks', async () => {
    await rights().getByLabel('Type f1: it cannot be taken back').fill('f1')
    await rights().getByRole('button', { name: 'Erase the owner' }).click()
    await rights().getByText('appliances that are nobody’s now').waitFor()
    await page.reload()
    await rights()
      .getByText(/^An owner was erased, .*, by: admin$/)
      .click()
    await rights().getByText('appliances that are nobody’s now').waitFor()
    await sound()
  }, 60_000)

  test('a ticket’s appliance is told to test itself, once at a time', async () => {
    const { id } = await program.call<{ id: string }>('POST', '/api/appliances/f2/report', { text: 'it is warm' })
    await page.goto(`${program.url}/tickets/${id}`)
    const more = page.getByRole('main').getByRole('button', { name: 'More', exact: true })
    await more.click()
    await page.getByRole('menuitem', { name: 'Have it test itself' }).click()
    const dialog = page.getByRole('dialog', { name: 'Have it test itself' })
    await dialog.getByText('food gets no warmer', { exact: false }).waitFor()
    await sound()
    await dialog.getByRole('button', { name: 'Have it test itself' }).click()
    await page.getByText('Its own test: Pull-down').waitFor()
    const { items } = await program.call<{ items: { type: string; params: object }[] }>(
      'GET',
      '/api/appliances/f2/commands',
    )
    expect(items).toMatchObject([{ type: 'test', params: { test: 'pull-down' } }])
    await more.click()
    await page.getByRole('menuitem').first().waitFor()
    expect(await page.getByRole('menuitem', { name: 'Have it test itself' }).count()).toBe(0)
    await page.keyboard.press('Escape')
  }, 60_000)

  test('what an engineer may take now is told from their record', async () => {
    const { items } = await program.call<{ items: { id: string; number: string }[] }>(
      'GET',
      '/api/tickets?appliance=f2',
    )
    await program.call('POST', `/api/tickets/${items[0]?.id}/accept`, {})
    await page.goto(`${program.url}/people`)
    await page.getByRole('button', { name: 'Eva: standing' }).click()
    const record = page.getByRole('dialog', { name: 'Eva: standing' })
    await record.getByRole('heading', { name: 'Jobs they may take now' }).waitFor()
    const { jobs } = await program.call<{ jobs: { ticket: { number: string } }[] }>(
      'GET',
      '/api/engineers/e1/open-jobs',
    )
    const numbers = await record.getByRole('link', { name: /^HW-/ }).allInnerTexts()
    expect(numbers).toEqual(jobs.map(({ ticket }) => ticket.number))
    if (jobs.length === 0) await record.getByText('No open job that they could take now.').waitFor()
    await sound()
  }, 60_000)

  test('where somebody is signed in is seen by the administrator, and ended; an account is deleted only when meant', async () => {
    const veras = await signedIn('vera')
    const asks = () => veras.request.get(`${program.url}/api/fleet`).then((answer) => answer.status())
    expect(await asks()).toBe(200)
    await page.goto(`${program.url}/settings`)
    const menu = page.getByRole('button', { name: 'More: vera' })
    await menu.click()
    await page.getByRole('menuitem', { name: 'Where they are signed in' }).click()
    const dialog = page.getByRole('dialog', { name: 'vera: where they are signed in' })
    await dialog.getByRole('button', { name: 'End it' }).waitFor()
    await sound()
    await dialog.getByRole('button', { name: 'End it' }).click()
    await dialog.getByText('Nowhere now.').waitFor()
    expect(await asks()).toBe(401)
    await page.keyboard.press('Escape')
    const names = async () =>
      (await program.call<{ items: { name: string }[] }>('GET', '/api/accounts')).items.map(({ name }) => name)
    await menu.click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    const sure = page.getByRole('dialog', { name: 'Delete' })
    await sure.getByText('vera is signed out at once', { exact: false }).waitFor()
    expect(await names()).toContain('vera')
    await sure.getByRole('button', { name: 'Delete' }).click()
    await menu.waitFor({ state: 'detached' })
    expect(await names()).not.toContain('vera')
  }, 60_000)

  test('turns that are no more are removed, once somebody is sure', async () => {
    await program.call('PUT', '/api/on-call/people/dora', { name: 'Dora', contact: 'dora@example.org' })
    const turns = { timeZone: 'Europe/Vienna', since: '2026-05-25', handoverHour: 9, turnDays: 7, members: ['dora'] }
    await program.call('PUT', '/api/on-call/rotas/night', turns)
    await page.goto(`${program.url}/on-call`)
    await page.getByRole('button', { name: 'Remove: night' }).click()
    const sure = page.getByRole('dialog', { name: 'Remove the rota night' })
    await sure.getByText('Nobody is called by these turns any more.').waitFor()
    await sure.getByRole('button', { name: 'Remove the rota night' }).click()
    await page.getByRole('button', { name: 'Remove: night' }).waitFor({ state: 'detached' })
    expect(await program.call('GET', '/api/on-call')).toMatchObject({ rotas: [] })
    await sound()
  }, 60_000)

  test('what leaves the factory is taken as a list, and stands there until its owner has connected it', async () => {
    await page.goto(`${program.url}/connect`)
    await page.getByText('From the factory', { exact: true }).click()
    await page.getByText('Nothing yet. Take a list', { exact: false }).waitFor()
    await page.getByRole('textbox', { name: 'CSV' }).fill('id,kind,model,code\nsn-1,fridge,Polar,LONG-ENOUGH-CODE-1')
    await page.getByRole('button', { name: 'Take 1 rows' }).click()
    await page.getByRole('status').getByText('One appliance is known').waitFor()
    const row = page.getByRole('listitem').filter({ hasText: 'sn-1' })
    await row.getByText('not yet').waitFor()
    await sound()
    await program.call('POST', '/api/claim', { code: 'LONG-ENOUGH-CODE-1' })
    await page.reload()
    await page.getByText('From the factory', { exact: true }).click()
    await row.waitFor()
    expect(await row.getByText('not yet').count()).toBe(0)
  }, 60_000)

  test('a question in full is answered from the articles, which are named beside it', async () => {
    await page.goto(`${program.url}/knowledge?q=inverter`)
    await page.getByRole('button', { name: 'Ask the assistant' }).click()
    await page.getByText('Its compressor turns slower or faster.').waitFor()
    const { title } = await program.call<{ title: { en: string } }>('GET', `/api/articles/${cited}`)
    await page.getByRole('button', { name: title.en, exact: true }).waitFor()
    await sound()
  }, 60_000)
})
