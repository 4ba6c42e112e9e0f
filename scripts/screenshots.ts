// Makes a picture of each page of a running product: light, dark, on a phone, in Chinese.
// npm run screenshots -- [--url http://127.0.0.1:3000] [--token …] [--out screenshots] [--only fleet,ticket] [--axe] [--docs]
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { seriousOn } from '../test/chromium.ts'
import { chromiumProgram } from '../test/servers/servers.ts'
import { addressOption, flag, readOptions, textOption } from './commandOptions.ts'

const { values } = readOptions('npm run screenshots', {
  url: addressOption,
  token: textOption(undefined),
  out: textOption('screenshots'),
  only: textOption(undefined),
  axe: flag,
  // Small ones of what docs/service-mechanisms.md leads to.
  docs: flag,
})
const url = values.url ?? process.env.PUBLIC_URL ?? `http://127.0.0.1:${process.env.PORT ?? 3000}`
const base = url.replace(/\/$/, '')
const DATA_DIR = process.env.DATA_DIR ?? './data'
const SETTLE_MS = 1_500
const LOADED_MS = 20_000
const MECHANISMS = join('docs', 'mechanisms')

const light = { viewport: { width: 1200, height: 800 }, colorScheme: 'light', lang: 'en' } as const
const looks: Record<string, BrowserContextOptions & { lang: string }> = values.docs
  ? { light }
  : {
      light: { viewport: { width: 1440, height: 900 }, colorScheme: 'light', lang: 'en' },
      dark: { viewport: { width: 1440, height: 900 }, colorScheme: 'dark', lang: 'en' },
      phone: {
        viewport: { width: 390, height: 844 },
        colorScheme: 'light',
        isMobile: true,
        hasTouch: true,
        lang: 'en',
      },
      zh: { viewport: { width: 1440, height: 900 }, colorScheme: 'light', lang: 'zh' },
    }

const token = values.token ?? process.env.ADMIN_TOKEN ?? (await fromFile('admin-token'))
if (!token) fail('No token: give --token, or DATA_DIR of the running product, where it keeps admin-token.')
const pages = await pagesToShow()
const browser = await launch()
let worst = 0
for (const [look, { lang, ...options }] of Object.entries(looks)) {
  const context = await browser.newContext({
    ...options,
    locale: lang === 'zh' ? 'zh-CN' : 'en-GB',
    // The pages' own calls carry the token; the event stream too.
    extraHTTPHeaders: { authorization: `Bearer ${token}` },
  })
  await context.addInitScript((language) => localStorage.setItem('language', language), lang)
  const page = await context.newPage()
  page.on('pageerror', (error) => console.error(`  page error: ${error.message}`))
  await mkdir(values.docs ? MECHANISMS : join(values.out, look), { recursive: true })
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(base + path, { waitUntil: 'load' })
    await page
      .waitForFunction(() => !document.querySelector('[aria-busy="true"]'), undefined, { timeout: LOADED_MS })
      .catch(() => console.error(`  ${look}/${name} is still loading after ${LOADED_MS / 1_000} s`))
    await page.waitForTimeout(SETTLE_MS)
    if (values.docs) {
      await page.screenshot({ path: join(MECHANISMS, `${name}.jpg`), type: 'jpeg', quality: 55 })
      continue
    }
    await page.screenshot({
      path: join(values.out, look, `${name}.png`),
      fullPage: look === 'phone' || name !== 'fleet',
    })
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    if (wide > 0) console.error(`  ${look}/${name} scrolls sideways by ${wide} px`)
    if (values.axe) worst += await checkAccess(page, `${look}/${name}`)
  }
  await context.close()
  console.log(`${look}: ${Object.keys(pages).length} pages`)
}
await browser.close()
if (values.axe) console.log(`axe: ${worst} serious findings`)

/** Each page with a path that has something on it: an appliance with an alert, its ticket, its owner's link. */
async function pagesToShow(): Promise<Record<string, string>> {
  const { items: alerts } = await get<{ items: { id: string; appliance: string; ticket?: string }[] }>(
    '/api/alerts?state=open,acknowledged&limit=100',
  )
  const { items: tickets } = await get<{
    items: { id: string; appliance: string; ownerLink: string; state: string }[]
  }>('/api/tickets?limit=200')
  const { items: some } = await get<{ items: { id: string }[] }>('/api/appliances?limit=1')
  const ticket = tickets.find(({ id }) => alerts.some((alert) => alert.ticket === id)) ?? tickets[0]
  const done = tickets.find(({ state }) => state === 'closed')
  const verified = tickets.find(({ state }) => state === 'verified')
  const offered = tickets.find(({ state }) => state === 'offered') ?? ticket
  const appliance = ticket?.appliance ?? alerts[0]?.appliance ?? some[0]?.id
  const ownPage =
    ticket && new URL((await get<{ link: string }>(`/api/appliances/${ticket.appliance}/own-page`)).link).pathname
  const all: Record<string, string | undefined> = {
    fleet: '/',
    appliance: appliance && `/appliances/${appliance}`,
    alerts: '/alerts',
    tickets: '/tickets',
    ticket: ticket && `/tickets/${ticket.id}`,
    'ticket-verified': verified && `/tickets/${verified.id}`,
    dispatch: '/dispatch',
    trends: '/trends',
    scoreboard: '/scoreboard',
    data: '/data',
    simulator: '/simulator',
    connect: '/connect',
    people: '/people',
    parts: '/parts',
    restock: '/parts?view=restock',
    'stock-moves': '/parts?view=ledger',
    inbox: '/inbox',
    care: '/care',
    onCall: '/on-call',
    quality: '/quality',
    policy: '/policy',
    file: ticket && `/file?code=${ticket.appliance}`,
    'my-appliance':
      some[0] && new URL((await get<{ link: string }>(`/api/appliances/${some[0].id}/owner-link`)).link).pathname,
    'owner-done': done && new URL(done.ownerLink).pathname,
    settings: '/settings',
    rules: '/rules',
    network: '/network',
    members: '/members',
    knowledge: '/knowledge',
    outreach: '/outreach',
    home: ownPage?.replace('/p/', '/h/'),
    'my-data': ownPage,
    owner: offered && new URL(offered.ownerLink).pathname,
    'sign-in': '/sign-in',
  }
  const only = values.only?.split(',')
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => !!entry[1] && (!only || only.includes(entry[0]))),
  )
}

async function get<T>(path: string): Promise<T> {
  const response = await fetch(base + path, { headers: { authorization: `Bearer ${token}` } }).catch(() =>
    fail(`Nothing answers at ${base}: start the product first (npm start), or give --url.`),
  )
  if (!response.ok) fail(`${path} answered ${response.status}: is the token the one of this product?`)
  return (await response.json()) as T
}

async function checkAccess(page: Page, name: string): Promise<number> {
  const found = await seriousOn(page)
  for (const one of found) console.error(`  axe ${name}: ${one}`)
  return found.length
}

async function launch() {
  const path = chromiumProgram()
  return chromium.launch({
    ...(path ? { executablePath: path } : { channel: 'chrome' }),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  })
}

async function fromFile(name: string): Promise<string | undefined> {
  return readFile(join(DATA_DIR, name), 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  )
}

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}
