// A third language in real Chromium: the pages of every role say nothing in English, and nothing stands beyond the edge of a phone.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { de } from '../../dashboards/web/src/words/de.ts'
import { en } from '../../dashboards/web/src/words/en.ts'
import { chromiumMissing, openChromium, watched } from '../chromium.ts'
import { newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'

const PASSWORD = 'correct horse battery'
/** What an owner waits for on a phone, and what the first page of who works here brings along, as it comes over the wire. */
const MOST_OF_TICKET = 60 * 1_024
const MOST_OF_FIRST = 250 * 1_024

const textsOf = (words: object): string[] =>
  Object.values(words).flatMap((one) => (typeof one === 'string' ? [one] : textsOf(one as object)))
const german = new Set(textsOf(de))
/** A text that is filled in is any that has its words in their order. */
const pattern = (text: string): string =>
  text
    .split(/\{\{\w+\}\}/)
    .map((piece) => piece.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*')
const catalog = [...loadCatalog().kinds.values()].flatMap(({ name, failureModes, metrics, parts }) =>
  [{ text: name }, ...[failureModes, metrics, parts].flatMap((all) => Object.values(all))].map(({ text }) => text),
)
const english = [
  ...textsOf(en).filter((text) => !german.has(text) && /[a-z]{2}/i.test(text.replaceAll(/\{\{\w+\}\}/g, ''))),
  ...catalog.flatMap((text) => (text.en === text.de ? [] : [text.en])),
]
/** Of these languages a vocabulary must not come with the page. */
const otherWords = /\/assets\/(?:en|zh)-/

describe.skipIf(chromiumMissing())('pages in German', () => {
  let dataDir: string
  let program: Program
  let browser: Browser
  let ticket: { id: string; ownerLink: string }
  let sticker: string
  beforeAll(async () => {
    dataDir = await newDataDir()
    program = await startProgram(dataDir, { ADMIN_PASSWORD: PASSWORD })
    const location = { lat: 53.55, lon: 9.99 }
    const owner = { name: 'Ida', contact: 'ida@example.org', language: 'de' }
    await program.call('POST', '/api/appliances', { id: 'f1', kind: 'fridge', model: 'Polar', owner, location })
    await program.call('POST', '/api/engineers', [
      { id: 'e1', name: 'Eva', location, grade: 'A+', skills: ['sealed-system', 'cooling', 'electrical'] },
    ])
    await program.call('POST', '/api/outlets', [{ id: 'o1', name: 'Elbe', tier: 'star', location, withinKm: 60 }])
    await program.call('POST', '/api/accounts', {
      name: 'eva',
      roles: ['engineer'],
      engineer: 'e1',
      password: PASSWORD,
    })
    await program.call('POST', '/api/accounts', { name: 'ida', roles: ['owner'], password: PASSWORD })
    ticket = await program.call('POST', '/api/appliances/f1/report', { text: 'brummt', failureMode: 'compressor-wear' })
    sticker = (await program.call<{ link: string }>('GET', '/api/appliances/f1/owner-link')).link
    browser = await openChromium()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await program?.stop()
    await removeDataDir(dataDir)
  })

  async function opened(name?: string): Promise<Page> {
    const context = await browser.newContext({
      locale: 'de-DE',
      viewport: { width: 390, height: 844 },
      colorScheme: 'dark',
      serviceWorkers: 'block',
    })
    const page = await context.newPage()
    if (name === undefined) return page
    await page.goto(`${program.url}/sign-in?to=/settings`)
    await page.getByLabel('Name').fill(name)
    await page.getByLabel('Passwort').fill(PASSWORD)
    await page.getByRole('button', { name: 'Anmelden', exact: true }).click()
    await page.waitForURL((url) => url.pathname !== '/sign-in')
    return page
  }

  /** What stands there in English, of all that is seen or read out. */
  const inEnglish = (page: Page): Promise<string[]> =>
    page.evaluate((patterns) => {
      const said = new Set<string>()
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT)
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        // Values of settings, names of rotas: they are the same in every language.
        if (node instanceof Text && !node.parentElement?.closest('script, style, [translate=no]'))
          said.add(node.data.trim())
        if (node instanceof Element)
          for (const name of ['aria-label', 'placeholder', 'title', 'alt']) said.add(node.getAttribute(name) ?? '')
      }
      const all = patterns.map((source) => new RegExp(`^${source}$`, 's'))
      return [...said].filter((text) => text !== '' && all.some((one) => one.test(text)))
    }, english.map(pattern))
  const beyond = (page: Page): Promise<number> =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

  /** @returns what is not as it should be on the page, on a phone and on a desk */
  async function looked(page: Page, path: string): Promise<string[]> {
    // Where it stood before may still be sliding: each page begins as it is opened.
    await page.setViewportSize({ width: 390, height: 844 })
    const ready = watched(page)
    await page.goto(`${program.url}${path}`)
    await ready()
    const wrong = (await inEnglish(page)).map((text) => `${path} says ${text}`)
    if ((await page.getAttribute('html', 'lang')) !== 'de') wrong.push(`${path} is not marked as German`)
    for (const [width, height] of [
      [390, 844],
      [1440, 900],
    ] as const) {
      await page.setViewportSize({ width, height })
      if ((await beyond(page)) > 0) wrong.push(`${path} goes beyond ${width} pixels`)
    }
    return wrong
  }

  test('no page of the administrator says a word of English, or goes beyond the edge', async () => {
    const page = await opened('admin')
    const pages = [
      ...['/', '/alerts', '/tickets', '/dispatch', '/trends', '/scoreboard', '/data', '/simulator', '/connect'],
      ...['/mapping', '/people', '/parts', '/inbox', '/settings', '/policy', '/care', '/on-call', '/outreach'],
      ...['/quality', '/file?code=f1', '/audit', '/knowledge', '/rules', '/members', '/network', '/limits'],
      ...['/appliances/f1', `/tickets/${ticket.id}`, '/claim'],
    ]
    const wrong: string[] = []
    for (const path of pages) wrong.push(...(await looked(page, path)))
    expect(wrong).toEqual([])
    await page.context().close()
  }, 180_000)

  test('an engineer’s day and an owner’s appliances are German, too', async () => {
    const page = await opened('eva')
    expect(await looked(page, '/my')).toEqual([])
    expect(await looked(page, `/tickets/${ticket.id}`)).toEqual([])
    await page.context().close()
    const owners = await opened('ida')
    expect(await looked(owners, '/home')).toEqual([])
    await owners.context().close()
  }, 60_000)

  test('an owner reads the pages of their links in their own language, and no other one is loaded', async () => {
    for (const path of [new URL(ticket.ownerLink, program.url).pathname, new URL(sticker, program.url).pathname]) {
      const page = await opened()
      const assets: string[] = []
      page.on('request', (request) => assets.push(request.url()))
      expect(await looked(page, path)).toEqual([])
      await page.getByText('Kühlschrank').first().waitFor()
      expect(assets.filter((url) => otherWords.test(url))).toEqual([])
      await page.context().close()
    }
  }, 60_000)

  test('the page of a ticket and the first page of who works here stay small', async () => {
    const weighed = async (page: Page, path: string): Promise<number> => {
      const bytes: Promise<number>[] = []
      page.on('response', (response) => {
        // The stream of events never ends.
        if (response.url().includes('/api/stream')) return
        bytes.push(
          response
            .request()
            .sizes()
            .then(({ responseBodySize, responseHeadersSize }) => responseBodySize + responseHeadersSize)
            .catch(() => 0),
        )
      })
      const ready = watched(page)
      await page.goto(`${program.url}${path}`)
      await ready()
      return (await Promise.all(bytes)).reduce((sum, one) => sum + one, 0)
    }
    const owners = await opened()
    expect(await weighed(owners, new URL(ticket.ownerLink, program.url).pathname)).toBeLessThan(MOST_OF_TICKET)
    await owners.context().close()
    for (const [name, path] of [
      ['admin', '/'],
      ['eva', '/my'],
    ] as const) {
      const signedIn = (await opened(name)).context()
      const context = await browser.newContext({
        locale: 'de-DE',
        storageState: await signedIn.storageState(),
        serviceWorkers: 'block',
      })
      expect([name, (await weighed(await context.newPage(), path)) < MOST_OF_FIRST]).toEqual([name, true])
      await Promise.all([signedIn.close(), context.close()])
    }
  }, 90_000)
})
