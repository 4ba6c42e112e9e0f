// docs/client.md: its types are written from the running service, its program compiles against them and runs.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDataDir, type Program, removeDataDir, startProgram } from './program.ts'

const run = promisify(execFile)
let dataDir: string
let folder: string
let program: Program
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir)
  // Below the repository, so that the libraries are found.
  await mkdir('.cache', { recursive: true })
  folder = await mkdtemp(join('.cache', 'client-'))
  await run(process.execPath, ['scripts/client.ts', join(folder, 'hearthwatch.ts'), '--url', program.url], {
    env: { ...process.env, DATA_DIR: dataDir },
  })
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        target: 'es2024',
        module: 'nodenext',
        types: ['node'],
        strict: true,
        noEmit: true,
        allowImportingTsExtensions: true,
      },
      files: ['use.ts'],
    }),
  )
}, 120_000)
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
  await rm(folder, { recursive: true, force: true })
})

async function typesOf(text: string): Promise<string> {
  await writeFile(join(folder, 'use.ts'), text)
  return run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', folder]).then(
    () => '',
    ({ stdout }: { stdout: string }) => stdout,
  )
}
async function shown(): Promise<string> {
  const [, text] = /```ts\n([\s\S]*?)```/.exec(await readFile('docs/client.md', 'utf8')) ?? []
  if (text === undefined) throw new Error('docs/client.md shows no program')
  return text
}

test('the program of the page fits the types, and what the service does not answer does not', async () => {
  const text = await shown()
  expect(await typesOf(text)).toBe('')
  expect(await typesOf(text.replace('ticket.number', 'ticket.nmber'))).toContain("'nmber'")
  expect(await typesOf(text.replace("model: 'Polar 300'", 'model: 300'))).toContain("'string'")
})

test('the program of the page runs against the service', async () => {
  await writeFile(join(folder, 'use.ts'), await shown())
  const { stdout } = await run(process.execPath, [join(folder, 'use.ts')], {
    env: { ...process.env, NODE_NO_WARNINGS: '1', HEARTHWATCH_URL: program.url, ADMIN_TOKEN: program.token },
  })
  const [first = '', listed = '', refused = ''] = stdout.trim().split('\n')
  expect(first).toMatch(/^\S+ \w+$/)
  expect(listed).toContain(first.split(' ')[0])
  expect(refused).toMatch(/^[a-z-]+$/)
})
