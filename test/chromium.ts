import { type Browser, chromium } from 'playwright-core'
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
