// FIELD H: a page opens by its address, too: from a mail, a label, a bookmark, or when it is loaded again.
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'

let dataDir: string
let program: Program
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir)
}, 120_000)
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
})

test('H every page that the pages know is served by its address, and those of owners are kept by nobody', async () => {
  const router = await readFile('dashboards/web/src/router.tsx', 'utf8')
  const routed = [...router.matchAll(/(?:route\(|path: )'(\/[^']*)'/g)].map(([, path = '']) =>
    path.replace(/\$\w+/g, 'some'),
  )
  expect(routed).toEqual(expect.arrayContaining(['/', '/settings', '/p/some', '/claim']))
  // That of a ticket is an application of its own.
  const paths = [...routed, '/t/some']
  for (const path of paths) {
    const page = await fetch(program.url + path)
    expect(page.status, path).toBe(200)
    expect(page.headers.get('content-type'), path).toMatch(/^text\/html/)
    const isOwners = /^\/(?:[hotpr]\/|claim)/.test(path)
    expect(page.headers.get('cache-control'), path).toBe(isOwners ? 'no-store' : 'no-cache')
    await page.body?.cancel()
  }
  expect(paths.length).toBeGreaterThan(25)
})

test('H who mistypes an address is told so by a page; a program that does, by a problem', async () => {
  const asked = async (path: string, accept: string): Promise<[number, string]> => {
    const answer = await fetch(program.url + path, { headers: { accept } })
    await answer.body?.cancel()
    return [answer.status, (answer.headers.get('content-type') ?? '').split(';')[0] ?? '']
  }
  const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
  expect(await asked('/no-such-page', browser)).toEqual([404, 'text/html'])
  expect(await asked('/no-such-page', '*/*')).toEqual([404, 'application/problem+json'])
  expect(await asked('/api/no-such-call', browser)).toEqual([401, 'application/problem+json'])
})

test('H a known path by another method is told which ones it takes, an unknown one that there is none', async () => {
  const asked = async (method: string, path: string): Promise<unknown[]> => {
    const answer = await fetch(program.url + path, { method, headers: { authorization: `Bearer ${program.token}` } })
    await answer.body?.cancel()
    return [answer.status, answer.headers.get('allow')]
  }
  expect(await asked('DELETE', '/api/alerts/some')).toEqual([405, 'GET, HEAD'])
  expect(await asked('GET', '/api/alerts/some/snooze?why=x')).toEqual([405, 'POST'])
  expect(await asked('PUT', '/healthz')).toEqual([405, 'GET, HEAD'])
  expect(await asked('PUT', '/api/no-such-call')).toEqual([404, null])
  expect(await asked('GET', '/api/alerts//snooze')).toEqual([404, null])
})
