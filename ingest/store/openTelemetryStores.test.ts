import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** In a process of its own: in this one another test may have loaded it. */
const opens = `
  import { loadCatalog } from './catalog/index.ts'
  import { openDuckDbTelemetryStore } from './ingest/index.ts'
  const store = await openDuckDbTelemetryStore({ dir: process.argv[1], catalog: loadCatalog() })
  await store.found({ appliances: [], what: 'cycles', from: 0, to: 1, most: 1, withinMs: 1000 })
  await store.close()
  console.log(process.report.getReport().sharedObjects.join('\\n'))
`

test('a store without a reading loads no DuckDB, which takes 70 MB', () => {
  const dir = mkdtempSync(join(tmpdir(), 'hearthwatch-store-'))
  try {
    const loaded = execFileSync(process.execPath, ['--input-type=module', '-e', opens, dir], { encoding: 'utf8' })
    expect(loaded).toMatch(/lib|\.so|\.dll|\.dylib/)
    expect(loaded.toLowerCase()).not.toContain('duckdb')
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
