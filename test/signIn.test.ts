// Sign-in by a passkey, by a code and by a key, as a person does it on the page, in real Chromium with a virtual authenticator.
import { createOTP } from '@better-auth/utils/otp'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumMissing, openChromium } from './chromium.ts'
import { newDataDir, type Program, removeDataDir, startProgram } from './program.ts'

const PASSWORD = 'correct horse battery'

describe.skipIf(chromiumMissing())('a person who signs in', () => {
  let dataDir: string
  let program: Program
  let browser: Browser
  let page: Page
  let url: string
  beforeAll(async () => {
    dataDir = await newDataDir()
    program = await startProgram(dataDir, { ADMIN_PASSWORD: PASSWORD })
    // A passkey belongs to a name.
    url = program.url.replace('127.0.0.1', 'localhost')
    browser = await openChromium()
    page = await (await browser.newContext({ locale: 'en-GB' })).newPage()
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('WebAuthn.enable')
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
  }, 300_000)
  afterAll(async () => {
    await browser?.close()
    await program?.stop()
    await removeDataDir(dataDir)
  })

  async function signIn(): Promise<void> {
    await page.goto(`${url}/sign-in`)
    await page.getByRole('textbox', { name: 'Name' }).fill('admin')
    await page.locator('input[name=password]').fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  }
  const account = async (): Promise<string | null> =>
    page.evaluate(
      async () =>
        ((await (await fetch('/api/session')).json()) as { account: { name: string } | null }).account?.name ?? null,
    )

  test('makes a passkey, signs out, and is in by it alone', { timeout: 240_000 }, async () => {
    await signIn()
    await page.getByRole('heading', { name: 'Fleet' }).waitFor()
    await page.goto(`${url}/settings`)
    const card = page.locator('.mantine-Card-root', { has: page.getByRole('heading', { name: 'Passkeys' }) })
    await card.getByLabel('Name of the passkey').fill('my laptop')
    await card.locator('input[name=password]').fill(PASSWORD)
    await card.getByRole('button', { name: 'Add a passkey' }).click()
    await card.getByText('my laptop').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).first().click()
    await page.waitForURL(/sign-in/)
    expect(await account()).toBeNull()
    await page.getByRole('button', { name: 'With a passkey' }).click()
    await page.getByRole('heading', { name: 'Fleet' }).waitFor()
    expect(await account()).toBe('admin')
    // Taken away, it opens nothing.
    await page.goto(`${url}/settings`)
    await page.getByRole('button', { name: 'Take away: my laptop' }).click()
    await page.getByText('my laptop').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Sign out' }).first().click()
    await page.waitForURL(/sign-in/)
    await page.getByRole('button', { name: 'With a passkey' }).click()
    await page.getByRole('alert').waitFor()
    expect(await account()).toBeNull()
  })

  test('is asked for a code as well, once that is set up', { timeout: 240_000 }, async () => {
    await signIn()
    await page.getByRole('heading', { name: 'Fleet' }).waitFor()
    await page.goto(`${url}/settings`)
    const card = page.locator('.mantine-Card-root', {
      has: page.getByRole('heading', { name: 'A code besides the password' }),
    })
    await card.locator('input[name=password]').fill(PASSWORD)
    await card.getByRole('button', { name: 'Begin' }).click()
    await card.getByRole('img', { name: /authenticator/ }).waitFor()
    const secret = (await card.locator('.mantine-Code-root').first().textContent()) ?? ''
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
    const bits = [...secret].map((c) => letters.indexOf(c).toString(2).padStart(5, '0')).join('')
    const otp = createOTP(Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))))
    const step = () => Math.floor(Date.now() / 30_000)
    await card.locator('input[name=code]').fill(await otp.hotp(step() - 1))
    await card.getByRole('button', { name: 'Confirm' }).click()
    await card.getByText(/10 recovery codes/).waitFor()
    await page.getByRole('button', { name: 'Sign out' }).first().click()
    await page.waitForURL(/sign-in/)
    await signIn()
    await page.locator('input[name=code]').fill(await otp.hotp(step()))
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('heading', { name: 'Fleet' }).waitFor()
    expect(await account()).toBe('admin')
  })
})
