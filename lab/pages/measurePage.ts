// What one page costs whoever opens it first: bytes, and how it comes on a slow processor.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { seriousOn } from '../../test/chromium.ts'

export interface PageFigures {
  /** All that came over the wire for it, with headers, bytes. */
  bytes: number
  /** Largest paint, ms, at a processor four times slower. */
  largestPaintMs: number
  /** Cumulative layout shift, without a unit. */
  shift: number
  /** Long tasks, each without its first 50 ms, together, ms. */
  blockingMs: number
  /** Slowest call of the page, ms. */
  slowestCallMs: number
  /** Serious findings of axe in both looks and both languages. */
  serious: string[]
  /** By how many pixels it is wider than the narrowest phone. */
  sideways: number
}

/** How much slower the processor is made. */
const SLOWER = 4
const NARROWEST = { width: 360, height: 780 }
const PHONE = { width: 390, height: 844 }
/** What a page still does after its answers is over by then. */
const SETTLED_MS = 1_500

/** @param signIn makes a new context somebody’s; nothing is kept of a page before */
export async function measurePage(
  browser: Browser,
  url: string,
  signIn: (context: BrowserContext) => Promise<void>,
  picture: string,
): Promise<PageFigures> {
  const cost = await costOf(browser, url, signIn)
  const serious = new Set<string>()
  let sideways = 0
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const lang of ['en', 'zh'] as const) {
      const context = await browser.newContext({ colorScheme, viewport: NARROWEST, locale: lang })
      await signIn(context)
      const page = await opened(context, url, lang)
      for (const one of await seriousOn(page)) serious.add(one)
      sideways = Math.max(sideways, await page.evaluate(() => document.documentElement.scrollWidth - innerWidth))
      if (lang === 'en' && colorScheme === 'light') {
        await page.setViewportSize(PHONE)
        await page.screenshot({ path: picture, type: 'jpeg', quality: 60 })
      }
      await context.close()
    }
  }
  return { ...cost, serious: [...serious], sideways }
}

async function opened(context: BrowserContext, url: string, lang = 'en'): Promise<Page> {
  await context.addInitScript((language) => localStorage.setItem('language', language), lang)
  const page = await context.newPage()
  await page.goto(url)
  await page.getByRole('heading').first().waitFor()
  await page.waitForTimeout(SETTLED_MS)
  return page
}

async function costOf(browser: Browser, url: string, signIn: (context: BrowserContext) => Promise<void>) {
  const context = await browser.newContext({ viewport: PHONE, isMobile: true, hasTouch: true, locale: 'en-GB' })
  await signIn(context)
  await context.addInitScript(observe)
  const page = await context.newPage()
  const protocol = await context.newCDPSession(page)
  await protocol.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
  const sizes: Promise<number>[] = []
  const calls: number[] = []
  page.on('requestfinished', (request) => {
    const size = request.sizes().then((of) => of.responseBodySize + of.responseHeadersSize)
    sizes.push(size)
    const { responseEnd, requestStart } = request.timing()
    if (new URL(request.url()).pathname.startsWith('/api/')) calls.push(responseEnd - requestStart)
  })
  await page.goto(url)
  await page.getByRole('heading').first().waitFor()
  await page.waitForTimeout(SETTLED_MS)
  const seen = await page.evaluate(() => (window as unknown as Observed).seen)
  const bytes = (await Promise.all(sizes)).reduce((sum, one) => sum + one, 0)
  await context.close()
  return {
    bytes,
    largestPaintMs: seen.paint,
    shift: seen.shift,
    blockingMs: seen.blocking,
    slowestCallMs: Math.max(0, ...calls),
  }
}

interface Observed {
  seen: { paint: number; shift: number; blocking: number }
}

/** Runs in the page, before it. Sources: web.dev, Largest Contentful Paint, Cumulative Layout Shift, Total Blocking Time. */
function observe(): void {
  const seen = { paint: 0, shift: 0, blocking: 0 }
  Object.assign(window, { seen })
  const on = (type: string, look: (entry: PerformanceEntry) => void): void =>
    new PerformanceObserver((list) => list.getEntries().forEach(look)).observe({ type, buffered: true })
  on('largest-contentful-paint', (entry) => {
    seen.paint = entry.startTime
  })
  on('layout-shift', (entry) => {
    if ('value' in entry && typeof entry.value === 'number') seen.shift += entry.value
  })
  on('longtask', ({ duration }) => {
    seen.blocking += Math.max(0, duration - 50)
  })
}
