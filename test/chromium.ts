import axe from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { eventually } from './program.ts'
import { chromiumProgram } from './servers/servers.ts'

const program = chromiumProgram()

/** For `describe.skipIf`. With CI=true a missing browser is a failure, not a skip. */
export function chromiumMissing(): boolean {
  if (program) return false
  if (process.env.CI === 'true')
    throw new Error('Chromium is missing: install it (apt-get install chromium) or set CHROMIUM to its path.')
  console.log('Skipped: no Chromium here. Install it, or set CHROMIUM to its path.')
  return true
}

/** The system's Chromium, headless, talking to loopback only. */
export const openChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: program ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })

/** @returns what resolves when the page's heading stands there and all that it asked of the server has been answered */
export function watched(page: Page): () => Promise<void> {
  const asked = new Set<unknown>()
  // The stream of events never ends.
  const counts = (request: { url: () => string }): boolean => /\/api\/(?!stream)/.test(request.url())
  page.on('request', (request) => counts(request) && asked.add(request))
  page.on('requestfinished', (request) => asked.delete(request))
  page.on('requestfailed', (request) => asked.delete(request))
  return async () => {
    await page.getByRole('heading', { level: 1 }).waitFor()
    await eventually('the page has its answers', async () => asked.size === 0, 10_000)
  }
}

/** What axe finds on the page as it is now that is serious or worse, each with the place. */
export async function seriousOn(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const { violations } = await (
      window as unknown as {
        axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> }
      }
    ).axe.run()
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 150)}`)
  })
}
