// `npm run pages`: measures the first page of each role and the page that an owner opens by link; writes docs/pages.md.
import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism, loadavg } from 'node:os'
import type { BrowserContext } from 'playwright-core'
import { type Role, roles } from '../../dashboards/index.ts'
import { readOptions, wholeOption } from '../../scripts/commandOptions.ts'
import { openChromium } from '../../test/chromium.ts'
import { eventually, newDataDir, type Program, removeDataDir, startProgram } from '../../test/program.ts'
import { describePages, type Measured, mediansOf } from './describePages.ts'
import { measurePage } from './measurePage.ts'

const { values } = readOptions('npm run pages', {
  runs: wholeOption(1, 9, 3),
  appliances: wholeOption(4, 200, 24),
  days: wholeOption(5, 60, 30),
})
const PASSWORD = 'correct horse battery'
const LAPSE_MS = 600_000
/** Compressed, bytes. */
const FIRST_PAGE = 250 * 1_024
const OWNERS_PAGE = 60 * 1_024
/** Two that see what others see. */
const measuredRoles: readonly Role[] = roles.filter(
  (role) => role !== 'desk' && role !== 'owner' && role !== 'callback',
)

const dataDir = await newDataDir()
const program = await startProgram(dataDir, {
  SIMULATE: String(values.appliances),
  SIMULATE_DAYS: String(values.days),
  ADMIN_PASSWORD: PASSWORD,
})
const browser = await openChromium()
try {
  await eventually('the end of the time-lapse', () => isOver(program), LAPSE_MS)
  await makeAccounts(program)
  await mkdir('docs/pages', { recursive: true })
  const measured: Measured[] = []
  const loads: number[] = []
  for (const { who, page, limit, signIn } of await pagesOf(program)) {
    const picture = `${who.replaceAll(' ', '-')}.jpg`
    const runs = []
    for (let run = 0; run < values.runs; run++)
      runs.push(await measurePage(browser, program.url + page, signIn, `docs/pages/${picture}`))
    const figures = mediansOf(runs)
    loads.push(loadavg()[0] ?? 0)
    measured.push({ who, page: page.startsWith('/t/') ? '/t/…' : page, limit, picture, figures })
    console.log(`${who}: ${(figures.bytes / 1_024).toFixed(0)} KB, ${figures.largestPaintMs.toFixed(0)} ms`)
  }
  const load = { least: Math.min(...loads), most: Math.max(...loads), processors: availableParallelism() }
  await writeFile('docs/pages.md', describePages(measured, { ...values, load }))
} finally {
  await browser.close()
  await program.stop()
  await removeDataDir(dataDir)
}

async function isOver({ call }: Program): Promise<boolean> {
  const now = await call<{ lapse?: object; opening?: boolean }>('GET', '/api/simulator')
  return !now.lapse && !now.opening
}

async function makeAccounts({ call }: Program): Promise<void> {
  const { items } = await call<{ items: { id: string }[] }>('GET', '/api/engineers')
  for (const role of measuredRoles) {
    if (role === 'admin') continue
    const engineer = role === 'engineer' ? { engineer: items[0]?.id } : {}
    await call('POST', '/api/accounts', { name: role, password: PASSWORD, roles: [role], ...engineer })
  }
}

interface ToMeasure {
  who: string
  page: string
  limit: number
  signIn: (context: BrowserContext) => Promise<void>
}
async function pagesOf({ call, url }: Program): Promise<ToMeasure[]> {
  const { items } = await call<{ items: { ownerLink: string; state: string }[] }>('GET', '/api/tickets?limit=200')
  const link = (items.find(({ state }) => state === 'offered') ?? items[0])?.ownerLink
  const first = []
  for (const role of measuredRoles) first.push({ role, page: await homeOf(role) })
  return [
    ...(link
      ? [{ who: 'owner by link', page: new URL(link).pathname, limit: OWNERS_PAGE, signIn: async () => undefined }]
      : []),
    ...first.map(({ role, page }) => ({
      who: role,
      page,
      limit: FIRST_PAGE,
      signIn: (context: BrowserContext) => signInAs(context, url, role),
    })),
  ]
}

/** Where a role begins, as the product decides. */
async function homeOf(role: Role): Promise<string> {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`${program.url}/sign-in`)
  await page.locator('input[name=name]').fill(role)
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.locator('button[type=submit]').click()
  await page.waitForURL((at) => at.pathname !== '/sign-in')
  const { pathname } = new URL(page.url())
  await context.close()
  return pathname
}

async function signInAs(context: BrowserContext, url: string, role: Role): Promise<void> {
  const response = await context.request.post(`${url}/api/session`, { data: { name: role, password: PASSWORD } })
  if (!response.ok()) throw new Error(`${role} cannot sign in: ${response.status()} ${await response.text()}`)
}
